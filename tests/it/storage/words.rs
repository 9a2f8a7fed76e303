//! Words: stored once, in order, answered once, whatever comes between.

use super::*;
use futures_util::future::join_all;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;
pub use stevenson::storage::words::{Author, NewWord, Visitor, Word};

pub fn visitor(number: usize) -> Visitor {
    Visitor::of_secret(&number.to_string())
}

pub fn word(id: &str, text: &str) -> NewWord {
    NewWord { id: id.to_owned(), station: "town-hall".to_owned(), text: text.to_owned() }
}

impl House {
    pub async fn say(&self, visitor: &Visitor, id: &str) {
        self.storage.say(visitor, "metric", vec![word(id, &format!("I say {id}"))]).await.expect("stored");
    }

    /// Somebody says so many words that whatever is too much or too old is thrown away, and one more, which comes after.
    pub async fn chatter(&self) {
        self.chatter_of(visitor(999)).await;
    }

    pub async fn chatter_of(&self, visitor: Visitor) {
        let words = (0..1_000).map(|number| word(&format!("{} {number}", visitor.as_str()), "chatter")).collect();
        self.storage.say(&visitor, "metric", words).await.expect("stored");
        self.say(&visitor, &format!("{} the last word", visitor.as_str())).await;
    }

    pub async fn conversation(&self, visitor: &Visitor) -> Vec<Word> {
        self.storage.conversation(visitor, "town-hall", 100_000).await.expect("read")
    }

    pub async fn ids(&self, visitor: &Visitor) -> Vec<String> {
        self.conversation(visitor).await.into_iter().map(|word| word.id).collect()
    }

    pub async fn unanswered(&self) -> Vec<Word> {
        self.storage.unanswered(0, 100_000).await.expect("read")
    }
}

#[tokio::test]
async fn a_word_is_stored_once_with_one_journal_entry_however_often_it_comes() {
    let mut house = House::new().await;
    let (anna, ben) = (visitor(1), visitor(2));
    let hello = || vec![word("a", "hello"), word("a", "hello again"), word("b", "there")];
    house.storage.say(&anna, "metric", hello()).await.expect("stored");
    house.storage.say(&anna, "us", hello()).await.expect("known");
    house.storage.say(&ben, "us", vec![word("a", "mine!")]).await.expect("known");
    let words = house.conversation(&anna).await;
    let told = house.entries().await;
    assert_eq!(told, house.storage.journal_since(1, Some(&anna), 100).await.expect("read").expect("a cursor"));
    assert_eq!(told.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 3]);
    assert!(told.iter().all(|entry| entry.visitor.as_ref() == Some(&anna) && &*entry.station == "town-hall"));
    let said_at = told[0].committed_at.0;
    let body = |id: &str, text: &str| json!({"kind": "words", "id": id, "from": "you", "station": "town-hall", "text": text, "said_at": said_at});
    assert_eq!(bodies(&told), [body("a", "hello"), body("b", "there")]);
    let first = Word {
        id: "a".into(),
        talker: anna.as_str().to_owned(),
        visitor: anna,
        station: "town-hall".into(),
        author: Author::You,
        text: "hello".into(),
        units: "metric".into(),
        said_at: Timestamp(said_at),
        seq: 2,
        answered: false,
    };
    assert_eq!(words[0], first);
    assert_eq!((words.len(), house.conversation(&ben).await.len()), (2, 0));
    let stats = house.storage.stats();
    assert_eq!((stats.words_stored, stats.words_repeated, stats.queued_words), (2, 5, 0));
}

#[tokio::test]
async fn any_text_comes_back_as_it_was_said() {
    let mut house = House::new().await;
    let anna = visitor(1);
    let texts = ["\"'\\ \n\t\u{1}", "−2 °C 🌧", "</script>{}[]", "a\u{0}b", "", "%s $1 ?1; DROP TABLE word"];
    let said = texts
        .iter()
        .enumerate()
        .map(|(number, text)| NewWord { station: "\"no\" station\\".into(), ..word(&number.to_string(), text) });
    house.storage.say(&anna, "", said.collect()).await.expect("stored");
    // A PostgreSQL knows no such character in a text, and nobody sees it.
    let texts = texts.map(|text| text.replace('\0', ""));
    let words = house.storage.conversation(&anna, "\"no\" station\\", 10).await.expect("read");
    assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), texts);
    let told = house.entries().await;
    assert_eq!(bodies(&told).iter().map(|body| body["text"].as_str().expect("text")).collect::<Vec<_>>(), texts);
    assert_eq!(told, house.storage.journal_tail(told.len() as u32).await.expect("read"));
}

#[tokio::test]
async fn what_is_said_is_what_it_looks_like() {
    let (house, ada) = (House::new().await, visitor(1));
    let said = vec![word("a", "below 0 \u{202e}gnp.exe\u{2069}\nyes")];
    house.storage.say(&ada, "metric", said).await.expect("stored");
    assert_eq!(house.conversation(&ada).await[0].text, "below 0 gnp.exe\nyes");
}

#[tokio::test]
async fn words_wait_for_their_answers_in_order_and_get_one() {
    let house = House::new().await;
    let anna = visitor(1);
    for id in ["a", "b", "c"] {
        house.say(&anna, id).await;
    }
    let waiting = house.unanswered().await;
    assert_eq!(waiting.iter().map(|word| word.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(house.storage.unanswered(waiting[0].seq, 1).await.expect("read"), waiting[1..2]);
    // Twice at once, and once more.
    let (one, other) =
        tokio::join!(house.storage.answer(&waiting[1], "yes", vec![]), house.storage.answer(&waiting[1], "no", vec![]));
    assert_eq!((one.expect("answered"), other.expect("heard")), (true, false));
    let house = house.reopened(|_| {}).await;
    assert!(!house.storage.answer(&waiting[1], "no", vec![]).await.expect("heard"));
    let words = house.conversation(&anna).await;
    assert_eq!(words.iter().map(|word| word.answered).collect::<Vec<_>>(), [false, true, false, true]);
    assert_eq!((words[3].author, &*words[3].text, &*words[3].units), (Author::Keeper, "yes", "metric"));
    let newest = house.storage.journal_tail(1).await.expect("read");
    assert_eq!(newest[0].visitor, Some(anna));
    let said_at = words[3].said_at.0;
    assert_eq!(
        bodies(&newest),
        [json!({"kind": "words", "id": words[3].id, "from": "robot", "answers": "b", "station": "town-hall",
                "text": "yes", "said_at": said_at})]
    );
    let unknown = Word { id: "z".into(), ..waiting[0].clone() };
    assert!(!house.storage.answer(&unknown, "what?", vec![]).await.expect("heard"));
    assert_eq!(house.unanswered().await.len(), 2);
}

#[tokio::test]
async fn a_visitor_who_says_the_keepers_word_before_it_does_not_silence_it_for_others() {
    let house = House::new().await;
    let (anna, ben) = (visitor(1), visitor(2));
    house.say(&anna, "a").await;
    let waiting = house.unanswered().await;
    house.storage.answer(&waiting[0], "yes", vec![]).await.expect("answered");
    let answer = house.ids(&anna).await.remove(1);
    // In another house, where that id comes first.
    let house = House::new().await;
    house.say(&anna, &answer).await;
    house.say(&anna, "a").await;
    house.say(&ben, "b").await;
    for word in house.unanswered().await {
        assert!(house.storage.answer(&word, "yes", vec![]).await.expect("answered"));
    }
    assert!(house.unanswered().await.is_empty());
    assert_eq!(house.conversation(&ben).await.len(), 2);
}

/// Every visitor says a word, hears the answer, says the next.
async fn talk(storage: Storage, visitor: Visitor, number: usize, words: usize) {
    for word in 0..words {
        let id = format!("{number} {word}");
        let said = vec![super::words::word(&id, "how cold is it?")];
        storage.say(&visitor, "metric", said.clone()).await.expect("stored");
        storage.say(&visitor, "metric", said).await.expect("known");
        let heard = storage.conversation(&visitor, "town-hall", 1).await.expect("read").remove(0);
        assert!(storage.answer(&heard, "20 °C", vec![]).await.expect("answered"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_visitors_talk_at_once_and_share_commits() {
    const VISITORS: usize = 1_000;
    const WORDS: usize = 5;
    let house = House::new().await.unheard();
    let talks = (0..VISITORS).map(|number| tokio::spawn(talk(house.storage.clone(), visitor(number), number, WORDS)));
    for talk in join_all(talks).await {
        talk.expect("it went well");
    }
    assert!(house.unanswered().await.is_empty());
    for number in 0..VISITORS {
        let words = house.conversation(&visitor(number)).await;
        let asked: Vec<_> = words.iter().step_by(2).map(|word| word.id.clone()).collect();
        assert_eq!(asked, (0..WORDS).map(|word| format!("{number} {word}")).collect::<Vec<_>>());
        let authors = words.chunks(2).all(|pair| (pair[0].author, pair[1].author) == (Author::You, Author::Keeper));
        assert!(authors && words.len() == 2 * WORDS, "{words:?}");
    }
    let stats = house.storage.stats();
    assert_eq!((stats.words_stored, stats.words_answered), (5_000, 5_000));
    assert!(stats.commits < 7_500, "{stats:?}");
}

#[tokio::test]
async fn readings_that_wait_together_share_a_commit_and_words_share_another() {
    let mut house = House::new().await;
    let (storage, id, anna) = (&house.storage, house.station.id, visitor(1));
    let minute = |minute: i64| vec![report(NOON.plus(minute * 60_000), &[("temperature", 20.0)])];
    let (one, said, other, again) = tokio::join!(
        storage.append(id, minute(0)),
        storage.say(&anna, "metric", vec![word("a", "hello")]),
        storage.append(id, minute(1)),
        storage.say(&anna, "metric", vec![word("a", "hello"), word("b", "there")]),
    );
    assert_eq!((one.expect("stored").stored, other.expect("stored").stored), (1, 1));
    said.and(again).expect("stored");
    assert_eq!(storage.stats().commits, 2);
    let told = [house.entries().await, house.entries().await];
    let mut private = told.map(|told| told.iter().map(|entry| entry.visitor.is_some()).collect::<Vec<_>>());
    private.sort();
    assert_eq!(private, [[false, false], [true, true]]);
    assert_eq!(house.ids(&anna).await, ["a", "b"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn repeated_words_are_stored_once_in_the_order_they_first_came(
        calls in prop::collection::vec((0..3_usize, prop::collection::vec(0..12_u8, 0..5), any::<bool>()), 1..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let house = House::with(|options| options.batch_words = 7).await.unheard();
            let mut expected: Vec<Vec<String>> = vec![Vec::new(); 3];
            let mut known = BTreeSet::new();
            // Calls of a group wait together, in their order.
            let mut group = Vec::new();
            for (who, ids, last) in calls {
                let ids: Vec<_> = ids.iter().map(|id| format!("{who} {id}")).collect();
                expected[who].extend(ids.iter().filter(|id| known.insert((*id).clone())).cloned());
                let words = ids.iter().map(|id| word(id, "hello")).collect();
                let (storage, visitor) = (house.storage.clone(), visitor(who));
                group.push(async move { storage.say(&visitor, "", words).await });
                if last {
                    join_all(group.drain(..)).await.into_iter().collect::<Result<(), _>>().expect("stored");
                }
            }
            join_all(group).await.into_iter().collect::<Result<(), _>>().expect("stored");
            for (who, ids) in expected.iter().enumerate() {
                assert_eq!(&house.ids(&visitor(who)).await, ids);
            }
            let told = house.storage.journal_tail(1_000).await.expect("read");
            let told = told.iter().filter(|entry| entry.visitor.is_some()).count();
            assert_eq!(told, known.len(), "one journal entry each");
            house.storage.close().await;
        });
    }
}
