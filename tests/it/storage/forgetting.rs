//! What is forgotten is gone, from everywhere; and what is too old or too much goes by itself.

use super::words::{Author, visitor, word};
use super::*;
use serde_json::json;
use stevenson::storage::words::NewWord;
use weather::time::DAY_MS;

#[tokio::test]
async fn a_conversation_that_was_forgotten_is_nowhere_any_more() {
    let mut house = House::new().await;
    let (anna, ben) = (visitor(1), visitor(2));
    let secret = || vec![word("a", "my secret"), word("b", "another secret")];
    house.storage.say(&anna, "metric", secret()).await.expect("stored");
    house.storage.say(&ben, "metric", vec![word("c", "my own")]).await.expect("stored");
    let elsewhere = NewWord { station: "harbour".into(), ..word("d", "at the harbour") };
    house.storage.say(&anna, "metric", vec![elsewhere]).await.expect("stored");
    let waiting = house.unanswered().await;
    house.storage.answer(&waiting[0], "a secret is safe with me", vec![]).await.expect("answered");
    assert_eq!(house.outside().places("secret"), ["journal.body", "word.text"]);
    for _ in 0..4 {
        house.entries().await;
    }

    house.storage.forget_conversation(&anna, "town-hall").await.expect("forgotten");
    assert_eq!(house.outside().places("secret"), [""; 0]);
    assert_eq!(
        house.outside().places(anna.as_str()),
        ["journal.visitor", "word.visitor", "word.talker"],
        "who may read; the harbour"
    );
    let forgotten = json!({"kind": "forgotten", "station": "town-hall"});
    let told = house.entries().await;
    assert_eq!((told[0].seq, told[0].visitor.as_ref(), bodies(&told)), (7, Some(&anna), vec![forgotten.clone()]));
    let journal = house.storage.journal_tail(6).await.expect("read");
    let kinds: Vec<_> = bodies(&journal).iter().map(|body| body["kind"].as_str().expect("kind").to_owned()).collect();
    assert_eq!(kinds, ["forgotten", "forgotten", "words", "words", "forgotten", "forgotten"]);
    assert_eq!(journal.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7]);
    assert_eq!(house.ids(&anna).await, [""; 0]);
    assert_eq!(house.ids(&ben).await, ["c"]);
    assert_eq!(house.storage.conversation(&anna, "harbour", 10).await.expect("read").len(), 1);

    // What waited for an answer does not wait any more, and a word that is sent again does not come back.
    assert_eq!(house.unanswered().await, waiting[2..]);
    assert!(!house.storage.answer(&waiting[1], "hm, a secret", vec![]).await.expect("heard"));
    house.storage.say(&anna, "metric", secret()).await.expect("known");
    assert_eq!(house.outside().places("secret"), [""; 0]);
    house.say(&anna, "e").await;
    assert_eq!(house.ids(&anna).await, ["e"]);
}

#[tokio::test]
async fn what_another_process_forgot_is_forgotten() {
    let mut house = House::new().await;
    let (other, _) = house.opener.open(|_| {}).await;
    let anna = visitor(1);
    house.say(&anna, "a").await;
    house.entries().await;
    other.forget_conversation(&anna, "town-hall").await.expect("forgotten");
    assert_eq!(house.news().await, [json!({"kind": "forgotten", "station": "town-hall"})]);
    house.say(&anna, "a").await;
    assert_eq!(house.ids(&anna).await, [""; 0]);
}

#[tokio::test]
async fn a_conversation_keeps_its_newest_words() {
    let house = House::with(|options| options.words_keep_each = 10).await.unheard();
    let (anna, ben) = (visitor(1), visitor(2));
    house.say(&ben, "b").await;
    for number in 0..25 {
        house.say(&anna, &number.to_string()).await;
    }
    house.outside().answer_all();
    house.chatter().await;
    house.outside().answer_all();
    house.say(&visitor(999), "one more").await;
    house.chatter_of(visitor(998)).await;
    let kept: Vec<_> = (15..25).map(|number| number.to_string()).collect();
    assert_eq!(house.ids(&anna).await, kept);
    assert_eq!(house.ids(&ben).await, ["b"]);
    let chatter = house.conversation(&visitor(999)).await.len();
    assert!((10..=12).contains(&chatter), "{chatter}");
}

#[tokio::test]
async fn conversations_that_are_too_long_after_a_restart_are_cut_too() {
    let house = House::new().await.unheard();
    let (anna, ben) = (visitor(1), visitor(2));
    let words = (0..600).map(|number| word(&number.to_string(), "hello")).collect();
    house.storage.say(&anna, "", words).await.expect("stored");
    house.outside().answer_all();
    let house = house.reopened(|options| options.words_keep_each = 10).await.unheard();
    for round in 0..3 {
        let words = (0..600).map(|number| word(&format!("{round} {number}"), "hello")).collect();
        house.storage.say(&ben, "", words).await.expect("stored");
    }
    house.say(&ben, "the last word").await;
    assert_eq!(house.ids(&anna).await, (590..600).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn words_are_pruned_by_age() {
    let house = House::new().await.unheard();
    let anna = visitor(1);
    house.say(&anna, "old").await;
    house.say(&anna, "young").await;
    house.outside().age_word("old", 91 * DAY_MS);
    house.outside().age_word("young", 89 * DAY_MS);
    house.say(&anna, "old and not answered").await;
    house.outside().age_word("old and not answered", 91 * DAY_MS);
    house.storage.answer(&house.unanswered().await[0], "yes", vec![]).await.expect("answered");
    house.storage.answer(&house.unanswered().await[0], "yes", vec![]).await.expect("answered");
    house.chatter().await;
    let left: Vec<_> = house.conversation(&anna).await.into_iter().filter(|word| word.author == Author::You).collect();
    assert_eq!(left.iter().map(|word| word.id.as_str()).collect::<Vec<_>>(), ["young", "old and not answered"]);
}

#[tokio::test]
async fn words_are_pruned_by_number_and_never_the_newest() {
    let house = House::with(|options| options.words_keep_total = 100).await.unheard();
    let anna = visitor(1);
    for number in 0..10 {
        house.say(&anna, &number.to_string()).await;
    }
    house.chatter().await;
    house.outside().answer_all();
    house.chatter_of(visitor(998)).await;
    assert_eq!(house.ids(&anna).await.len(), 10, "who said little loses nothing");
    let left = house.ids(&visitor(999)).await;
    assert_eq!(left.len(), 90);
    assert!(left[89].ends_with("the last word"), "{}", left[89]);
}

#[tokio::test]
async fn words_grow_old_in_the_journal_like_everything_else() {
    let house = House::with(|options| options.journal_keep_private = 100).await.unheard();
    house.chatter().await;
    let journal = house.storage.journal_tail(10_000).await.expect("read");
    assert_eq!((journal.len(), journal[0].seq, journal[101].seq), (102, 1, 1_002), "and the station's own");
    assert_eq!(house.ids(&visitor(999)).await.len(), 1_001, "the conversation is still there");
}
