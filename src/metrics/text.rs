//! The two texts that metrics are told in: OpenMetrics, and the older one of Prometheus, 0.0.4, which most programs read.

/// Whether a client would rather have OpenMetrics, by its `Accept`.
pub(super) fn wants_openmetrics<'a>(accept: impl Iterator<Item = &'a str>) -> bool {
    let (mut open, mut plain) = (0.0_f32, 0.0_f32);
    for kind in accept.flat_map(|list| list.split(',')) {
        let mut parts = kind.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        match &*name {
            "application/openmetrics-text" => open = open.max(weight),
            "text/plain" => plain = plain.max(weight),
            _ => {}
        }
    }
    open > 0.0 && open >= plain
}

/// The same metrics as text 0.0.4. There a counter is called what its line is called, and neither units nor the end are told.
pub(super) fn plain(openmetrics: &str) -> String {
    let mut text = String::with_capacity(openmetrics.len() + openmetrics.len() / 16);
    // The help stands before the type that says how the metric is called.
    let mut help: Option<(&str, &str)> = None;
    for line in openmetrics.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            help = rest.split_once(' ');
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            let ending = if kind == "counter" { "_total" } else { "" };
            let kind = if kind == "unknown" { "untyped" } else { kind };
            if let Some((_, help)) = help.take() {
                text.extend(["# HELP ", name, ending, " ", help, "\n"]);
            }
            text.extend(["# TYPE ", name, ending, " ", kind, "\n"]);
        } else if !line.starts_with('#') {
            text.extend([line, "\n"]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_called_what_its_line_is_called() {
        let open = "# HELP a_reads Reads\n# TYPE a_reads counter\na_reads_total 7\n# HELP a_b_seconds B\n\
            # TYPE a_b_seconds gauge\n# UNIT a_b_seconds seconds\na_b_seconds{x=\"# HELP\"} 1.5\n# TYPE a_c unknown\na_c 1\n# EOF\n";
        assert_eq!(
            plain(open),
            "# HELP a_reads_total Reads\n# TYPE a_reads_total counter\na_reads_total 7\n# HELP a_b_seconds B\n\
            # TYPE a_b_seconds gauge\na_b_seconds{x=\"# HELP\"} 1.5\n# TYPE a_c untyped\na_c 1\n"
        );
    }

    #[test]
    fn openmetrics_is_for_those_who_ask_for_it() {
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,\
            text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
        for (accept, wants) in [
            ("", false),
            ("*/*", false),
            ("text/plain", false),
            ("text/html,application/xhtml+xml,*/*;q=0.8", false),
            (prometheus, true),
            ("Application/OpenMetrics-Text", true),
            ("application/openmetrics-text;q=0.1, text/plain;q=0.9", false),
            ("application/openmetrics-text;q=0", false),
        ] {
            assert_eq!(wants_openmetrics([accept].into_iter()), wants, "{accept}");
        }
        assert!(wants_openmetrics(["text/plain;q=0.1", "application/openmetrics-text"].into_iter()));
    }
}
