//! Those who talk too much: they are refused, and lose their own words first.

use super::words::{NewWord, Visitor, visitor, word};
use super::*;
use channel::crowd::Source;
use stevenson::storage::Error;
use stevenson::storage::words::Speaker;

fn source(last: u8) -> Option<Source> {
    Source::of([192, 0, 2, last].into())
}

impl House {
    async fn say_from(&self, visitor: &Visitor, source: Option<Source>, words: Vec<NewWord>) -> Result<(), Error> {
        self.storage.say_from(Speaker { visitor, source, units: "metric" }, words).await
    }

    /// Answers all that waits.
    async fn answer_all(&self) {
        for word in self.unanswered().await {
            assert!(self.storage.answer(&word, "yes", vec![]).await.expect("answered"));
        }
    }
}

#[tokio::test]
async fn one_visitor_says_a_minutes_words_twice_and_then_waits() {
    let house = House::with(|options| options.words_visitor_per_minute = 5).await.unheard();
    let (anna, ben) = (visitor(1), visitor(2));
    let mut said = 0;
    let error = loop {
        match house.say_from(&anna, None, vec![word(&said.to_string(), "hello")]).await {
            Ok(()) => said += 1,
            Err(error) => break error,
        }
    };
    assert!((10..=11).contains(&said), "{said}");
    assert!(matches!(error, Error::TooManyWords(1..=13)), "{error:?}");
    assert_eq!(house.ids(&anna).await.len(), said, "what was refused is not there");
    house.say_from(&ben, None, vec![word("b", "hello")]).await.expect("others are heard");
}

#[tokio::test]
async fn invented_visitors_share_the_budget_of_their_address() {
    let house = House::with(|options| options.words_address_per_minute = 10).await.unheard();
    let mut said = 0;
    while house.say_from(&visitor(said), source(1), vec![word(&said.to_string(), "hello")]).await.is_ok() {
        said += 1;
        assert!(said < 100, "nobody stops them");
    }
    assert!((20..=21).contains(&said), "{said}");
    house.say_from(&visitor(1_000), source(2), vec![word("b", "hello")]).await.expect("other addresses are heard");
    house.say_from(&visitor(1_001), None, vec![word("c", "hello")]).await.expect("so is this machine");
}

#[tokio::test]
async fn all_together_have_a_budget_and_long_words_cost_more() {
    let house = House::with(|options| options.words_all_per_minute = 10).await.unheard();
    let long = "a".repeat(1_000);
    for number in 0..5 {
        house.say_from(&visitor(number), None, vec![word(&number.to_string(), &long)]).await.expect("heard");
    }
    let error = house.say_from(&visitor(9), None, vec![word("9", &long)]).await.expect_err("5 times 4 is 20");
    assert!(matches!(error, Error::Crowded(_)), "{error:?}");
}

#[tokio::test]
async fn more_than_a_budget_at_once_is_taken_once() {
    let house = House::with(|options| options.words_visitor_per_minute = 1).await.unheard();
    let many = || (0..32).map(|number| word(&number.to_string(), "hello")).collect();
    house.say_from(&visitor(1), None, many()).await.expect("a full truck gets in");
    let error = house.say_from(&visitor(1), None, many()).await.expect_err("and then none");
    assert!(matches!(error, Error::TooManyWords(_)), "{error:?}");
}

#[tokio::test]
async fn the_loudest_address_loses_its_words_first_and_what_is_not_answered_stays() {
    let house = House::with(|options| options.words_keep_total = 300).await.unheard();
    let anna = visitor(0);
    for number in 0..10 {
        house.say_from(&anna, source(1), vec![word(&format!("anna {number}"), "hello")]).await.expect("heard");
    }
    house.answer_all().await;
    // An address that invents a visitor for each word, within its budget by the minute, all day long.
    let invented = |number: usize| visitor(1_000 + number);
    for number in 0..240 {
        let said = vec![word(&format!("{number}"), "junk")];
        house.say_from(&invented(number), source(2), said).await.expect("heard");
    }
    house.answer_all().await;
    house.say_from(&visitor(5), source(5), vec![word("waiting", "hello?")]).await.expect("heard");
    house.chatter().await;
    assert_eq!(house.ids(&anna).await.len(), 20, "ten words and ten answers");
    assert_eq!(house.ids(&visitor(5)).await, ["waiting"], "it is not answered");
    assert_eq!(house.ids(&visitor(999)).await.len(), 1_001, "nor are these");
    let mut left = 0;
    for number in 0..240 {
        left += house.ids(&invented(number)).await.len();
    }
    assert_eq!(left, 280, "and Anna's twenty are three hundred");
}
