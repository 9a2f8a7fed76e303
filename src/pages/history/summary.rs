//! What a picture shows, in one sentence.

use super::bars::{Bar, Width};
use super::past::{Ends, Past, Strand, Strands};
use crate::pages::clock;
use crate::storage::Span;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::{DAY_MS, HOUR_MS, Timestamp};
use weather::zone::Zone;

/// A span longer than this is named by its day, ms.
const BY_DAYS_MS: i64 = 20 * HOUR_MS;

/// `Temperature: lowest −1.2 °C around Sat 28 Nov, 06:10, highest 9.8 °C around …, mean 4.2 °C, with 2 gaps.`; empty if there are no
/// values.
pub(crate) fn measured(past: &Past, of: &Strands, preference: Preference) -> String {
    let Some(strand) = of.strands.first() else { return String::new() };
    let lowest = strand.spans.iter().reduce(|best, span| if span.min < best.min { span } else { best });
    let highest = strand.spans.iter().reduce(|best, span| if span.max > best.max { span } else { best });
    let (Some(lowest), Some(highest)) = (lowest, highest) else { return String::new() };
    let text = |value: f64| preference.text(strand.quantity, value);
    let zone = &past.station.zone;
    if let Some(Ends { lowest, highest }) = strand.ends {
        let day = |at: Timestamp| moment(zone, at, DAY_MS);
        return format!(
            "{}: lowest {} on {}, highest {} on {}, mean {}{}.",
            strand.quantity.title(),
            text(lowest.0),
            day(lowest.1),
            text(highest.0),
            day(highest.1),
            mean(strand).map_or(String::new(), text),
            gaps(strand),
        );
    }
    let when = |span: &Span| moment(&past.station.zone, span.from, span.to.since(span.from));
    format!(
        "{}: lowest {} around {}, highest {} around {}, mean {}{}.",
        strand.quantity.title(),
        text(lowest.min),
        when(lowest),
        text(highest.max),
        when(highest),
        mean(strand).map_or(String::new(), text),
        gaps(strand),
    )
}

/// `Rain: 12.4 mm in all, most by the day from Sat 28 Nov: 5.0 mm.`
pub(crate) fn fallen(past: &Past, bars: &[Bar], width: Width, preference: Preference) -> String {
    let text = |value: f64| preference.text(Quantity::Precipitation, value);
    let sum: f64 = bars.iter().map(|bar| bar.amount).sum();
    let most = bars.iter().reduce(|best, bar| if bar.amount > best.amount { bar } else { best });
    match most {
        None => String::new(),
        Some(most) if most.amount > 0.0 => {
            let when = moment(&past.station.zone, most.from, most.to.since(most.from));
            format!("Rain: {} in all; the most {}, {}, from {when} on.", text(sum), width.name(), text(most.amount))
        }
        Some(_) => "Rain: none.".to_owned(),
    }
}

/// The mean of all readings.
pub(crate) fn mean(strand: &Strand) -> Option<f64> {
    let count: f64 = strand.spans.iter().map(|span| f64::from(span.count)).sum();
    let sum: f64 = strand.spans.iter().map(|span| span.mean * f64::from(span.count)).sum();
    (count > 0.0).then(|| sum / count)
}

/// `, with one gap`; empty if there is none.
fn gaps(strand: &Strand) -> String {
    match strand.stretches().len().saturating_sub(1) {
        0 => String::new(),
        1 => ", with one gap".to_owned(),
        n => format!(", with {n} gaps"),
    }
}

/// When a span of so many milliseconds begins, as people say it.
fn moment(zone: &Zone, at: Timestamp, length_ms: i64) -> String {
    let form = if length_ms > BY_DAYS_MS { "%a %-d %b %Y" } else { "%a %-d %b, %H:%M" };
    clock::local(zone, at).format(form).to_string()
}
