//! What is told to a visitor's pages and is no word.

use super::words::visitor;
use super::*;
use futures_util::future::join_all;
use serde_json::json;

#[tokio::test]
async fn what_is_told_is_a_private_entry_of_the_journal_and_no_word() {
    let mut house = House::new().await;
    let anna = visitor(1);
    house.storage.tell(&anna, "_lab", r#"{"kind":"lab","number":7}"#.into()).await.expect("told");
    let told = house.entries().await;
    assert_eq!(bodies(&told), [json!({"kind": "lab", "number": 7})]);
    assert_eq!((told[0].seq, told[0].visitor.as_ref(), &*told[0].station), (2, Some(&anna), "_lab"));
    assert_eq!(told, house.storage.journal_since(1, Some(&anna), 100).await.expect("read").expect("a cursor"));
    assert!(house.unanswered().await.is_empty(), "nobody has to answer it");
    let stats = house.storage.stats();
    assert_eq!((stats.words_stored, stats.words_spoken, stats.queued_words), (0, 0, 0));
}

#[tokio::test]
async fn words_and_what_is_told_share_commits_and_keep_their_own_entries() {
    let mut house = House::new().await;
    let anna = visitor(1);
    let tell = |number: usize| {
        let (storage, anna) = (house.storage.clone(), anna.clone());
        async move { storage.tell(&anna, "_lab", format!(r#"{{"kind":"lab","number":{number}}}"#).into()).await }
    };
    let ids: Vec<_> = (0..8).map(|number| format!("word {number}")).collect();
    let (told, _) = tokio::join!(join_all((0..8).map(tell)), join_all(ids.iter().map(|id| house.say(&anna, id))));
    assert!(told.iter().all(Result::is_ok));
    let mut entries = Vec::new();
    while entries.len() < 16 {
        entries.extend(house.entries().await);
    }
    let all = bodies(&entries);
    for (number, id) in ids.iter().enumerate() {
        assert!(all.contains(&json!({"kind": "lab", "number": number})), "{all:?}");
        assert!(all.iter().any(|body| body["id"] == **id), "{all:?}");
    }
    for word in house.conversation(&anna).await {
        let entry = entries.iter().find(|entry| entry.seq == word.seq).expect("its own entry");
        assert_eq!(bodies(std::slice::from_ref(entry))[0]["id"], *word.id);
    }
}
