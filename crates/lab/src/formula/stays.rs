//! How long trucks stay: the means that the formulas are made of.

/// The shortest stay, as a share of the parking time: the server shortens by chance.
const SHORTEST: f64 = 0.9;
/// Below this product of rate and time a series is more exact than the difference of two exponentials.
const SMALL: f64 = 1e-4;
/// Steps of the numerical integrals; even.
const STEPS: u32 = 400;

/// M(x): the share of stays in which nothing of rate `x` happens before the ticket.
pub(super) fn ticketed(x: f64, park_s: f64) -> f64 {
    let spread = (1.0 - SHORTEST) * park_s * x;
    if spread < SMALL {
        // The spread does not matter where it is this small.
        return (-x * park_s * (1.0 + SHORTEST) / 2.0).exp();
    }
    ((-SHORTEST * x * park_s).exp() - (-x * park_s).exp()) / spread
}

/// S(x): the mean stay that ends with the first event of rate `x`, or its ticket.
pub(super) fn stay(x: f64, park_s: f64) -> f64 {
    if x * park_s < SMALL {
        return park_s * (1.0 + SHORTEST) / 2.0;
    }
    (1.0 - ticketed(x, park_s)) / x
}

/// The rate of departures of something that is asked for at rate `x` and needs `busy_s` each time: what is asked for
/// meanwhile leaves together. One departure follows the other after `busy_s`, or, with probability e^(−x·busy), a wait
/// of 1/x later.
pub(super) fn batched(x: f64, busy_s: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x / (x * busy_s + (-x * busy_s).exp()) }
}

/// ∫ P(H′ > a)·f(a) da over all ages a, by Simpson's rule on both sides of the bend.
pub(super) fn over_ages(park_s: f64, f: impl Fn(f64) -> f64) -> f64 {
    let bend = SHORTEST * park_s;
    let waning = |a: f64| f(a) * (park_s - a) / (park_s - bend);
    simpson(0.0, bend, &f) + simpson(bend, park_s, waning)
}

/// E\[f(H′)\].
pub(super) fn at_ticket(park_s: f64, f: impl Fn(f64) -> f64) -> f64 {
    simpson(SHORTEST * park_s, park_s, f) / ((1.0 - SHORTEST) * park_s)
}

fn simpson(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let step = (to - from) / f64::from(STEPS);
    let weight = |i: u32| match i {
        0 | STEPS => 1.0,
        i if i % 2 == 1 => 4.0,
        _ => 2.0,
    };
    (0..=STEPS).map(|i| weight(i) * f(from + step * f64::from(i))).sum::<f64>() * step / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_means_are_those_of_their_integrals() {
        for x in [0.0, 1e-7, 0.01, 0.5, 3.0] {
            let by_hand = at_ticket(25.0, |h| (-x * h).exp());
            assert!((ticketed(x, 25.0) - by_hand).abs() < 1e-6, "{x}");
            let by_hand = over_ages(25.0, |a| (-x * a).exp());
            assert!((stay(x, 25.0) - by_hand).abs() < 1e-4, "{x}: {} {by_hand}", stay(x, 25.0));
        }
    }

    #[test]
    fn rare_requests_leave_one_by_one_and_frequent_ones_back_to_back() {
        assert_eq!(batched(0.0, 1.0), 0.0);
        assert!((batched(0.001, 1.0) / 0.001 - 1.0).abs() < 1e-6);
        assert!((batched(1_000.0, 0.5) - 2.0).abs() < 1e-9);
    }
}
