//! Facilities that exist or are being built: several kinds, every status, some shared by neighbours.

use std::collections::BTreeSet;

use super::dice::{Deck, Dice};
use super::place::Place;
use super::register::Record;
use super::sites::Sites;

/// A line of the facility register; empty text is not known.
#[derive(Debug, Clone)]
pub(super) struct Facility {
    pub name: String,
    pub kind: &'static str,
    pub at: Place,
    pub community: String,
    pub serves: String,
    pub floor_area: Option<u32>,
    pub care_area: Option<u32>,
    pub beds: Option<u32>,
    pub meals: Option<u32>,
    pub functions: String,
    pub level: &'static str,
    pub status: &'static str,
    pub acceptance: &'static str,
    pub opened: String,
    pub use_changed: bool,
    pub grade: &'static str,
    /// 自理, 半失能, 失能.
    pub residents: Option<[u32; 3]>,
}

/// What facilities of one kind are like.
struct Kind {
    word: &'static str,
    /// Cards in the deck.
    share: usize,
    area: (i64, i64),
    beds: (i64, i64),
    meals: (i64, i64),
    functions: &'static [&'static str],
}

const fn kind(
    word: &'static str,
    share: usize,
    area: (i64, i64),
    beds: (i64, i64),
    meals: (i64, i64),
    functions: &'static [&'static str],
) -> Kind {
    Kind { word, share, area, beds, meals, functions }
}

const SIX: &[&str] = &["短期托养", "日间照料", "老人餐厅", "健康管理", "文化娱乐", "上门服务"];
const MANY: &[&str] =
    &["日间休息", "休闲娱乐", "图书阅览", "医疗康复", "餐饮服务", "全时托养", "助餐", "助医", "助洁", "助浴", "助行", "助急"];
const DAY: &[&str] = &["日间照料", "老人餐厅", "文化娱乐"];
const TABLE: &[&str] = &["集中用餐", "外送"];
const CARE: &[&str] = &["全时托养", "康复护理", "餐饮服务"];

/// Every kind of the policy documents and three more that registers hold.
const URBAN: [Kind; 15] = [
    kind("日间照料中心", 9, (280, 760), (4, 20), (20, 80), DAY),
    kind("城市社区养老服务中心", 6, (520, 1900), (10, 40), (40, 120), MANY),
    kind("社区养老服务中心", 5, (500, 1500), (10, 30), (30, 100), SIX),
    kind("社区养老照料中心", 2, (500, 1400), (10, 30), (30, 90), SIX),
    kind("城镇社区养老幸福工程", 2, (600, 2000), (10, 40), (40, 120), SIX),
    kind("社区养老服务站", 3, (200, 420), (0, 4), (0, 30), DAY),
    kind("社区养老服务综合体", 1, (900, 2400), (15, 50), (80, 200), SIX),
    kind("市级示范社区养老服务中心", 1, (760, 1600), (12, 40), (60, 150), SIX),
    kind("养老院", 3, (1600, 6500), (50, 240), (60, 260), CARE),
    kind("老年餐厅", 1, (120, 320), (0, 0), (60, 200), TABLE),
    kind("社区长者食堂", 1, (160, 420), (0, 0), (120, 300), TABLE),
    kind("助餐点", 1, (40, 110), (0, 0), (20, 60), TABLE),
    kind("单一功能服务点", 1, (60, 200), (0, 0), (0, 0), &["康复护理"]),
    kind("嵌入式养老机构", 1, (400, 1200), (15, 60), (30, 90), CARE),
    kind("社区老年人日间服务中心", 1, (220, 600), (0, 10), (20, 70), DAY),
];

const COUNTRY: [Kind; 3] = [
    kind("农村日间照料中心", 6, (120, 320), (0, 8), (15, 50), DAY),
    kind("家门口服务站", 1, (60, 300), (0, 0), (0, 20), &["文化娱乐"]),
    kind("养老院", 1, (700, 2200), (30, 90), (30, 90), CARE),
];

/// Two in three are running.
const STATES: [(&str, usize); 5] = [("运营", 13), ("在建", 3), ("停业", 1), ("关闭", 1), ("改变用途", 1)];

/// `count` facilities of a town, most of them in its built-up ground. `prefix` keeps names of different towns apart.
pub(super) fn found(count: usize, prefix: &str, records: &[Record], sites: &mut Sites<'_>, dice: &mut Dice) -> Vec<Facility> {
    let mut urban = Deck::new((0..records.len()).filter(|&u| !records[u].village).map(|u| (u, 1)));
    let mut country = Deck::new((0..records.len()).filter(|&u| records[u].village).map(|u| (u, 1)));
    let mut kinds = [Deck::new(URBAN.iter().map(|k| (k, k.share))), Deck::new(COUNTRY.iter().map(|k| (k, k.share)))];
    let mut states = Deck::new(STATES);
    let mut names = BTreeSet::new();
    let mut all = Vec::with_capacity(count);
    for tries in 0..count * 4 {
        if all.len() == count {
            break;
        }
        let rural = tries % 6 == 4;
        let unit = if rural { country.draw(dice).or_else(|| urban.draw(dice)) } else { urban.draw(dice).or_else(|| country.draw(dice)) };
        let Some(unit) = unit else { break };
        let Some(kind) = kinds[usize::from(records[unit].village)].draw(dice) else { break };
        let base = records[unit].name.trim_end_matches("社区");
        let name = format!("{prefix}{base}{}", kind.word);
        let Some(at) = sites.place(unit, dice.chance(60), dice) else { continue };
        if !names.insert(name.clone()) {
            continue;
        }
        let status = states.draw(dice).unwrap_or("运营");
        all.push(facility(name, kind, at, unit, status, records, dice));
    }
    all
}

fn facility(
    name: String,
    kind: &'static Kind,
    at: Place,
    unit: usize,
    status: &'static str,
    records: &[Record],
    dice: &mut Dice,
) -> Facility {
    let draw = |(low, high): (i64, i64), dice: &mut Dice| dice.whole(low, high) as u32;
    let area = draw(kind.area, dice);
    let whole = dice.chance(70);
    let care = if whole { area } else { dice.part(area, 0.55, 0.9) };
    let beds = draw(kind.beds, dice);
    let bare = dice.chance(3);
    let in_care = dice.part(beds, 0.3, 0.95);
    let self_care = dice.part(in_care, 0.4, 0.8);
    let disabled = dice.part(in_care - self_care, 0.2, 0.6);
    let running = status == "运营";
    // Neighbours in the same street share some of the larger ones.
    let neighbours: Vec<&Record> = [unit.wrapping_sub(1), unit + 1]
        .into_iter()
        .filter_map(|n| records.get(n))
        .filter(|r| r.street == records[unit].street && r.village == records[unit].village)
        .collect();
    let joint = if area >= 450 && kind.word != "养老院" && dice.chance(30) { 1 + dice.below(neighbours.len()) } else { 0 };
    let year = dice.whole(2012, 2022);
    let month = dice.whole(1, 11);
    Facility {
        name,
        kind: kind.word,
        at,
        community: records[unit].code.clone(),
        serves: neighbours.iter().take(joint).map(|r| r.code.as_str()).collect::<Vec<_>>().join(";"),
        floor_area: (!bare).then_some(area),
        care_area: (!bare && !dice.chance(14)).then_some(care),
        beds: (!dice.chance(5)).then_some(beds),
        meals: (!dice.chance(9)).then(|| draw(kind.meals, dice)),
        functions: kind.functions.join(";"),
        level: if records[unit].village {
            "村"
        } else if area > 1200 {
            "街道"
        } else {
            "社区"
        },
        status,
        acceptance: match status {
            "在建" => "",
            _ if dice.chance(8) => "",
            _ => "合格",
        },
        opened: if status == "在建" { String::new() } else { format!("{year}-{month:02}-{:02}", dice.whole(1, 28)) },
        use_changed: status == "改变用途",
        grade: if running { ["A", "AA", "AAA", ""][dice.weighted(&[40, 30, 12, 18])] } else { "" },
        residents: (running && beds > 0).then_some([self_care, in_care - self_care - disabled, disabled]),
    }
}
