//! Rankings small enough to work out by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::city::{Candidate, City};
use crate::policy::facts::{Facts, Value};
use crate::policy::judge::{Stand, judge};
use crate::policy::{Pack, Verdict};
use crate::problem::Problems;
use crate::settings::Settings;

const PACK: &str = r#"
schema = 1
[pack]
id = "tiny"
document = "d"
[[rule]]
id = "T-1"
clause = "一"
quote = "q"
hardness = "firm"
stage = "siting"
kind = "eligibility"
require = "beds >= 10.0"
[[rule]]
id = "T-2"
clause = "二"
quote = "q"
hardness = "soft"
stage = "siting"
kind = "eligibility"
require = "meals >= 1.0"
[[criterion]]
name = "people"
label_zh = "人"
label_en = "people"
fact = "elderly_60_new"
zero = 0
one = 1000
clauses = ["T-1"]
[[criterion]]
name = "spare"
label_zh = "省"
label_en = "spare"
fact = "redundancy"
zero = 1
one = 0
weight = 2
clauses = []
[[criterion]]
name = "zeal"
label_zh = "热"
label_en = "zeal"
fact = "enthusiasm"
zero = 0
one = 100
clauses = []
declared = true
"#;

fn tiny() -> Pack {
    Pack::read(PACK, "tiny", &mut Problems::default()).unwrap()
}

/// beds, new elders, redundancy, enthusiasm; below zero is unknown.
type Line<'a> = (&'a str, [f64; 4]);

fn city(lines: &[Line]) -> (City, Vec<Facts>) {
    let mut city = City::default();
    let mut all = Vec::new();
    for (id, numbers) in lines {
        city.candidates.push(Candidate { id: (*id).to_owned(), ..Candidate::default() });
        let mut facts = Facts::new(false);
        for (name, n) in ["beds", "elderly_60_new", "redundancy", "enthusiasm"].iter().zip(numbers) {
            facts.set(name, (*n >= 0.0).then_some(Value::Number(*n)));
        }
        facts.set("meals", Some(Value::Number(3.0)));
        all.push(facts);
    }
    (city, all)
}

fn ranked(pack: &Pack, lines: &[Line], settings: &Settings) -> Vec<Ranked> {
    let (city, facts) = city(lines);
    let subjects: Vec<(&str, &Facts)> = lines.iter().map(|l| l.0).zip(&facts).collect();
    let verdicts: Vec<Verdict> = judge(pack, &subjects, Stand::of(settings));
    rank(pack, &facts, &verdicts, settings, &city)
}

/// id, rank, eligibility, score, declared score, missing.
fn table(lines: &[Line], settings: &Settings) -> Vec<(String, String)> {
    let shown = |r: &Ranked| {
        let text = |s: Option<Score>| s.map(|s| s.to_string()).unwrap_or_default();
        let rank = r.rank.map(|r| r.to_string()).unwrap_or_default();
        format!("{rank} {} {} {} {}", r.eligibility.key(), text(r.score), text(r.score_declared), r.missing.join(";"))
    };
    ranked(&tiny(), lines, settings).iter().map(|r| (lines[r.candidate as usize].0.to_owned(), shown(r))).collect()
}

#[test]
fn a_ranking_worked_out_by_hand() {
    // A: (1 × 0.25 + 2 × 0.5) ÷ 3 = 41.6667.   B: (1 × 1 + 2 × 0.1) ÷ 3 = 40.   C: redundancy unknown, so 600 ÷ 1000 alone = 60.
    // D: like B, and its id decides.   E: beds unknown, so conditional.   F: too few beds, last whatever its score.
    let lines = [
        ("F", [9.0, 1000.0, 0.0, 50.0]),
        ("E", [-1.0, 0.0, 0.0, -1.0]),
        ("D", [10.0, 2000.0, 0.9, 0.0]),
        ("A", [10.0, 250.0, 0.5, 80.0]),
        ("B", [10.0, 1000.0, 0.9, 100.0]),
        ("C", [10.0, 600.0, -1.0, 12.5]),
    ];
    let wanted = [
        ("E", "1 conditional 66.6667  enthusiasm;beds"),
        ("C", "2 eligible 60 12.5 redundancy"),
        ("A", "3 eligible 41.6667 80 "),
        ("B", "4 eligible 40 100 "),
        ("D", "5 eligible 40 0 "),
        ("F", " ineligible 100 50 "),
    ];
    let found = table(&lines, &Settings::default());
    assert_eq!(found, wanted.map(|(id, text)| (id.to_owned(), text.to_owned())));

    let mut settings = Settings { weights: BTreeMap::from([("spare".to_owned(), 0.0)]), ..Settings::default() };
    let by_people: Vec<String> = table(&lines, &settings).into_iter().map(|l| l.0).collect();
    assert_eq!(by_people, ["B", "D", "C", "A", "E", "F"]);
    settings.weights.insert("people".to_owned(), 0.0);
    assert!(ranked(&tiny(), &lines, &settings).iter().all(|r| r.score.is_none() && r.top_n_share.is_none()));
}

#[test]
fn rows_show_raw_value_and_weight() {
    let line = &ranked(&tiny(), &[("C", [10.0, 1600.0, -1.0, 12.5])], &Settings::default())[0];
    let shown: Vec<_> = line.criteria.iter().map(|c| (c.raw, c.value, c.weight)).collect();
    assert_eq!(shown, [(Some(1600.0), Some(1.0), 1.0), (None, None, 0.0), (Some(12.5), Some(0.125), 1.0)]);
    assert_eq!(line.eligibility, Eligibility::Eligible);
}

#[test]
fn a_score_is_rounded_half_up() {
    assert_eq!(Score::of_share(0.123_456_5).to_string(), "12.3457");
    assert_eq!(Score::of_share(0.123_456_4).to_string(), "12.3456");
    assert_eq!(Score::of_share(1.0).to_string(), "100");
    assert_eq!(Score::of_share(0.05).to_string(), "5");
}

#[test]
fn the_share_of_weightings_tells_who_owes_the_rank_to_the_weights() {
    // A is best by people, B by spare room, C by neither: with two criteria, A is first when its weight passes one half.
    let lines = [("A", [10.0, 1000.0, 1.0, 0.0]), ("B", [10.0, 0.0, 0.0, 0.0]), ("C", [10.0, 0.0, 1.0, 0.0])];
    let settings = Settings { top: 1, ..Settings::default() };
    let share = |id: &str, settings: &Settings| {
        let found = ranked(&tiny(), &lines, settings);
        found.iter().find(|r| lines[r.candidate as usize].0 == id).unwrap().top_n_share.unwrap()
    };
    assert!((share("A", &settings) - 0.5).abs() < 0.05);
    assert!((share("A", &settings) + share("B", &settings) - 1.0).abs() < 1e-9);
    assert_eq!(share("C", &settings), 0.0);
    assert_eq!(share("C", &Settings { top: 3, ..settings }), 1.0);
}

#[test]
fn a_criterion_equal_for_nearly_all_is_flat() {
    let ids: Vec<String> = (0..100).map(|i| format!("C{i:02}")).collect();
    let lines = |odd: usize| -> Vec<Line> {
        ids.iter().enumerate().map(|(i, id)| (id.as_str(), [10.0, if i < odd { 5.0 } else { 7.0 }, i as f64 / 100.0, -1.0])).collect()
    };
    let flat = |odd| discriminate::flat(&tiny(), &ranked(&tiny(), &lines(odd), &Settings::default()));
    assert_eq!(flat(5), [true, false, true], "95 of 100 alike");
    assert_eq!(flat(6), [false, false, true]);
    assert_eq!(discriminate::flat(&tiny(), &ranked(&tiny(), &lines(0)[..1], &Settings::default())), [false; 3]);
}

#[test]
fn a_ranking_is_the_same_on_any_number_of_threads() {
    let ids: Vec<String> = (0..300).map(|i| format!("C{:03}", (i * 37) % 300)).collect();
    let lines: Vec<Line> = ids
        .iter()
        .enumerate()
        .map(|(i, id)| (id.as_str(), [(i % 13) as f64 - 1.0, (i * i % 977) as f64, (i % 8) as f64 / 7.0 - 0.1, 3.0]))
        .collect();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        format!("{:?}", pool.install(|| ranked(&tiny(), &lines, &Settings::default())))
    };
    assert_eq!(on(1), on(3));
}

proptest! {
    #[test]
    fn another_candidate_changes_nobodys_score(numbers in prop::collection::vec([-1.0..20.0f64, -1.0..2000.0f64, -0.1..1.0f64, -1.0..100.0f64], 2..12)) {
        let ids: Vec<String> = (0..numbers.len()).map(|i| format!("C{i}")).collect();
        let lines: Vec<Line> = ids.iter().map(String::as_str).zip(numbers.iter().copied()).collect();
        let scores = |lines: &[Line]| -> BTreeMap<String, Option<Score>> {
            ranked(&tiny(), lines, &Settings::default()).iter().map(|r| (lines[r.candidate as usize].0.to_owned(), r.score)).collect()
        };
        let all = scores(&lines);
        let fewer = scores(&lines[1..]);
        for (id, score) in fewer {
            prop_assert_eq!(all[&id], score);
        }
        let ranking = ranked(&tiny(), &lines, &Settings::default());
        let with_rank = ranking.iter().take_while(|r| r.rank.is_some()).count();
        prop_assert!(ranking[with_rank..].iter().all(|r| r.rank.is_none() && matches!(r.eligibility, Eligibility::Ineligible(_))));
        prop_assert!(ranking[..with_rank].windows(2).all(|w| w[0].score >= w[1].score));
    }
}
