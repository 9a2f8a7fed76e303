//! What happened to a home, and what it did.

use lab::home::{Event, Home, Ms};
use serde_json::{Value, json};

/// A home's life.
pub struct Trace {
    pub name: String,
    pub fleet: &'static str,
    pub park_ms: Ms,
    pub steps: Vec<Value>,
}

impl Trace {
    pub fn json(&self) -> Value {
        json!({"name": self.name, "fleet": self.fleet, "parkMs": self.park_ms, "steps": self.steps})
    }

    /// Notes one step: `input` is an object with `do` and what goes with it.
    pub fn note(&mut self, mut input: Value, now: Ms, chance: Vec<f64>, events: &[Event], home: &Home) {
        input["now"] = json!(now);
        input["chance"] = json!(chance);
        input["expect"] = events.iter().map(event).collect();
        input["seen"] = json!(home.seen().map(ToString::to_string));
        input["out"] = json!(home.tally().out);
        self.steps.push(input);
    }
}

fn event(event: &Event) -> Value {
    match event {
        Event::Departs { number, clipboard } => {
            let mut clipboard = clipboard.json();
            clipboard.as_object_mut().expect("an object").remove("v");
            json!({"departs": {"number": number, "clipboard": clipboard}})
        }
        Event::Recalled(number) => json!({"recalled": number}),
        Event::Heard(ids) => json!({"heard": ids.iter().map(|id| id.as_str()).collect::<Vec<_>>()}),
        Event::Applied(items) => json!({"applied": items.iter().map(|item| item.at.to_string()).collect::<Vec<_>>()}),
        Event::State(state) => json!({"state": {"kind": state.kind.name(), "retryAt": state.retry_at}}),
        Event::Reload => json!({"reload": true}),
    }
}
