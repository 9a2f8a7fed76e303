//! Alerts: made by answers, changed by events, gone when they are forgotten.

use super::words::{Visitor, Word, visitor};
use super::*;
use channel::crowd::Source;
use stevenson::storage::Error;
use stevenson::storage::words::{Alert, AlertChange, Speaker};
use weather::time::DAY_MS;

fn alert(visitor: &Visitor, number: u32) -> Alert {
    Alert {
        visitor: visitor.clone(),
        station: "town-hall".into(),
        number,
        rule: r#"{"below":0,"of":"\"temperature\""}"#.into(),
        state: "{}".into(),
        units: "us".into(),
        created_at: NOON,
        seq: 7,
    }
}

fn put(visitor: &Visitor, number: u32) -> AlertChange {
    AlertChange::Put(alert(visitor, number))
}

fn forget(visitor: &Visitor, number: u32) -> AlertChange {
    AlertChange::Forget { visitor: visitor.clone(), station: "town-hall".into(), number }
}

impl House {
    async fn alerts(&self) -> Vec<Alert> {
        self.storage.alerts().await.expect("read")
    }

    async fn asked(&self, visitor: &Visitor, id: &str) -> Word {
        self.say(visitor, id).await;
        self.unanswered().await.pop().expect("it waits")
    }

    /// A visitor asks for something, and that is done.
    async fn order(&self, visitor: &Visitor, id: &str, changes: Vec<AlertChange>) {
        let word = self.asked(visitor, id).await;
        assert!(self.storage.answer(&word, "done", changes).await.expect("answered"));
    }

    async fn speak(&self, visitor: &Visitor, text: Option<&str>, changes: Vec<AlertChange>) {
        self.storage.speak(visitor, "town-hall", text, changes).await.expect("stored");
    }

    async fn texts(&self, visitor: &Visitor) -> Vec<String> {
        self.conversation(visitor).await.into_iter().map(|word| word.text).collect()
    }
}

#[tokio::test]
async fn an_answer_makes_and_forgets_alerts_once_and_they_outlive_a_restart() {
    let house = House::new().await;
    let (anna, ben) = (visitor(1), visitor(2));
    house.order(&anna, "a", vec![put(&anna, 1), put(&anna, 2)]).await;
    house.order(&ben, "b", vec![put(&ben, 1)]).await;
    house.order(&anna, "c", vec![forget(&anna, 1), forget(&anna, 9)]).await;
    let house = house.reopened(|_| {}).await;
    let mut expected = vec![alert(&anna, 2), alert(&ben, 1)];
    expected.sort_by(|one, other| one.visitor.cmp(&other.visitor));
    assert_eq!(house.alerts().await, expected);
    // An answer that comes too late changes nothing.
    let late = house.asked(&anna, "d").await;
    house.storage.answer(&late, "done", vec![]).await.expect("answered");
    assert!(!house.storage.answer(&late, "done", vec![forget(&anna, 2)]).await.expect("heard"));
    assert_eq!(house.alerts().await, expected);
}

#[tokio::test]
async fn what_the_keeper_says_on_its_own_comes_with_the_new_state() {
    let mut house = House::new().await;
    let anna = visitor(1);
    house.order(&anna, "a", vec![put(&anna, 1)]).await;
    let rung = Alert { state: r#"{"rung":true}"#.into(), seq: 8, ..alert(&anna, 1) };
    house.speak(&anna, Some("below 0 °C"), vec![AlertChange::Put(rung.clone())]).await;
    assert_eq!(house.alerts().await, std::slice::from_ref(&rung));
    let words = house.conversation(&anna).await;
    let spoken = words.last().expect("it spoke");
    assert_eq!((&*spoken.text, &*spoken.units, spoken.answered), ("below 0 °C", "us", true));
    for _ in 0..2 {
        house.entries().await;
    }
    let told = house.entries().await;
    assert_eq!((told[0].seq, told[0].visitor.as_ref()), (spoken.seq, Some(&anna)));
    let body = &bodies(&told)[0];
    assert_eq!((&body["from"], &body["id"], body.get("answers")), (&"robot".into(), &spoken.id.as_str().into(), None));
    // Without a text only the state changes, and nobody is told.
    let calm = Alert { seq: 9, ..alert(&anna, 1) };
    house.speak(&anna, None, vec![AlertChange::Put(calm.clone())]).await;
    assert_eq!((house.alerts().await, house.conversation(&anna).await.len()), (vec![calm], 3));
    assert_eq!(house.storage.journal_tail(1).await.expect("read")[0].seq, spoken.seq);
    // Without changes it speaks in any case.
    house.speak(&anna, Some("by the way"), vec![]).await;
    assert_eq!(house.texts(&anna).await, ["I say a", "done", "below 0 °C", "by the way"]);
    assert_eq!((house.storage.stats().words_answered, house.storage.stats().words_spoken), (1, 2));
}

#[tokio::test]
async fn an_alert_that_was_forgotten_does_not_ring_and_does_not_come_back() {
    let house = House::new().await;
    let anna = visitor(1);
    house.order(&anna, "a", vec![put(&anna, 1), put(&anna, 2)]).await;
    house.order(&anna, "b", vec![forget(&anna, 1)]).await;
    house.speak(&anna, Some("one"), vec![put(&anna, 1)]).await;
    house.speak(&anna, Some("one, for the last time"), vec![forget(&anna, 1)]).await;
    assert_eq!(house.alerts().await, [alert(&anna, 2)]);
    house.speak(&anna, Some("one or two"), vec![put(&anna, 1), put(&anna, 2)]).await;
    assert_eq!(house.alerts().await, [alert(&anna, 2)]);
    // Another one by the same number is another one.
    let other = Alert { created_at: NOON.plus(1), ..alert(&anna, 1) };
    house.order(&anna, "c", vec![AlertChange::Put(other.clone())]).await;
    house.speak(&anna, Some("one"), vec![put(&anna, 1)]).await;
    assert_eq!(house.alerts().await, [other, alert(&anna, 2)]);
    assert_eq!(house.texts(&anna).await, ["I say a", "done", "I say b", "done", "one or two", "I say c", "done"]);
}

#[tokio::test]
async fn changes_that_wait_together_are_taken_in_their_order() {
    let house = House::new().await;
    let anna = visitor(1);
    let (first, second) = (house.asked(&anna, "a").await, house.asked(&anna, "b").await);
    let storage = &house.storage;
    let (made, rung, forgot, late) = tokio::join!(
        storage.answer(&first, "done", vec![put(&anna, 1)]),
        storage.speak(&anna, "town-hall", Some("it rings"), vec![put(&anna, 1)]),
        storage.answer(&second, "forgotten", vec![forget(&anna, 1)]),
        storage.speak(&anna, "town-hall", Some("it rings again"), vec![put(&anna, 1)]),
    );
    assert!(made.expect("answered") && forgot.expect("answered"));
    rung.and(late).expect("stored");
    assert_eq!(house.alerts().await, []);
    assert_eq!(house.texts(&anna).await, ["I say a", "I say b", "done", "it rings", "forgotten"]);
}

#[tokio::test]
async fn more_alerts_than_may_be_are_refused_and_the_word_still_waits() {
    let house = House::with(|options| options.alerts_max = 2).await;
    let (anna, ben) = (visitor(1), visitor(2));
    house.order(&anna, "a", vec![put(&anna, 1), put(&anna, 2)]).await;
    let word = house.asked(&ben, "b").await;
    let waits = [word.clone()];
    let refused = house.storage.answer(&word, "done", vec![put(&ben, 1)]).await;
    assert!(matches!(refused, Err(Error::TooManyAlerts)), "{refused:?}");
    assert_eq!((house.unanswered().await, house.alerts().await.len()), (waits.to_vec(), 2));
    assert!(house.storage.answer(&word, "there are too many", vec![]).await.expect("answered"));
    // What is there may change, and one may take another's place.
    house.order(&anna, "c", vec![put(&anna, 1)]).await;
    house.order(&anna, "d", vec![forget(&anna, 1), put(&anna, 3)]).await;
    assert_eq!(house.alerts().await, [alert(&anna, 2), alert(&anna, 3)]);
}

#[tokio::test]
async fn alerts_of_visitors_who_fell_silent_are_pruned_and_talk_keeps_them() {
    let house = House::new().await.unheard();
    let (silent, talks) = (visitor(1), visitor(2));
    // They were made so long ago that their visitors have come back since.
    let made = |visitor: &Visitor| Alert { created_at: Timestamp(0), ..alert(visitor, 1) };
    let put = |visitor: &Visitor, _| AlertChange::Put(made(visitor));
    house.order(&silent, "a", vec![put(&silent, 1)]).await;
    house.order(&talks, "b", vec![put(&talks, 1)]).await;
    let age = |days: i64| house.outside().age_alerts(days * DAY_MS);
    age(399);
    house.say(&talks, "c").await;
    house.chatter().await;
    assert_eq!(house.alerts().await.len(), 2, "a year and a month is not enough");
    // What the keeper says on its own does not count.
    house.speak(&silent, Some("below 0 °C"), vec![put(&silent, 1)]).await;
    age(2);
    house.chatter_of(visitor(998)).await;
    assert_eq!(house.alerts().await, [made(&talks)]);
}

#[tokio::test]
async fn alerts_of_visitors_who_never_came_back_end_after_days_and_visits_keep_them() {
    let house = House::new().await.unheard();
    let (invented, came, regular) = (visitor(1), visitor(2), visitor(3));
    let now: Timestamp = chrono::Utc::now().into();
    let made = |visitor: &Visitor, days: i64| {
        AlertChange::Put(Alert { created_at: now.plus(-days * DAY_MS), ..alert(visitor, 1) })
    };
    for (visitor, days) in [(&invented, 15), (&came, 15), (&regular, 60)] {
        house.order(visitor, visitor.as_str(), vec![made(visitor, days)]).await;
    }
    // All were here fifteen days ago, one of them for the first time long before that, and one is here now.
    house.outside().age_alerts(15 * DAY_MS);
    house.storage.seen(vec![came.clone()]).await.expect("noted");
    house.chatter().await;
    let left: Vec<_> = house.alerts().await.into_iter().map(|alert| alert.visitor).collect();
    assert!(!left.contains(&invented), "it never came back");
    assert!(left.contains(&came) && left.contains(&regular), "{left:?}");
}

#[tokio::test]
async fn one_address_does_not_use_up_everybodys_alerts() {
    let budgets = |options: &mut Options| (options.alerts_address_per_day, options.alerts_all_per_day) = (3, 5);
    let house = House::with(budgets).await.unheard();
    let asked = async |number: usize, last: u8| {
        let (visitor, source) = (visitor(number), Source::of([192, 0, 2, last].into()));
        let words = vec![super::words::word(&number.to_string(), "warn me below 0")];
        let speaker = Speaker { visitor: &visitor, source, units: "metric" };
        house.storage.say_from(speaker, words).await.expect("stored");
        house.unanswered().await.pop().expect("it waits")
    };
    let mut made = 0;
    for number in 0..10 {
        made += u32::from(house.storage.may_alert(&asked(number, 1).await));
    }
    assert_eq!(made, 3, "invented visitors share their address's budget");
    assert!(house.storage.may_alert(&asked(10, 2).await), "others have their own");
    assert!(house.storage.may_alert(&asked(11, 3).await));
    assert!(!house.storage.may_alert(&asked(12, 4).await), "all together have one, too");
}

#[tokio::test]
async fn alerts_and_words_stay_when_their_station_goes() {
    let house = House::new().await;
    let anna = visitor(1);
    house.order(&anna, "a", vec![put(&anna, 1)]).await;
    house.storage.remove_station(&house.station.slug).await.expect("removed");
    assert_eq!((house.alerts().await.len(), house.conversation(&anna).await.len()), (1, 2));
}
