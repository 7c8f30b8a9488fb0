//! Sites that could be declared: most of them sound, some with a flaw that a clause names.

use super::dice::{Deck, Dice};
use super::names::Names;
use super::place::Place;
use super::register::Record;
use super::sites::Sites;

/// A line of the candidate table; `None` and empty text are not known.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub name: String,
    pub project_name: String,
    pub at: Place,
    pub community: String,
    pub address: String,
    pub street: String,
    pub floor_area: u32,
    pub beds: Option<u32>,
    pub meals: Option<u32>,
    pub functions: String,
    pub build_mode: &'static str,
    pub tenure: &'static str,
    pub agreement_until: String,
    pub investment: Option<u32>,
    pub county_match: Option<u32>,
    /// Enthusiasm, capacity of the site, demonstration: declared, 0–100.
    pub declared: [Option<u32>; 3],
    /// No dispute, matching money, on time.
    pub commitments: [Option<bool>; 3],
    pub operator: Option<Operator>,
    pub site_visit_date: String,
    pub responsible_person: String,
    pub area_approved: Option<u32>,
    pub area_as_built: Option<u32>,
    pub use_of_funds: String,
    pub kind: &'static str,
    pub city_funded: Option<bool>,
    pub grade: &'static str,
    /// 自理, 半失能, 失能.
    pub residents: Option<[u32; 3]>,
}

/// Who would run it.
#[derive(Debug, Clone)]
pub(super) struct Operator {
    pub name: String,
    pub person: String,
    pub phone: String,
    pub registered: Option<bool>,
    pub filed: bool,
    pub third_party: bool,
    /// Tenths of a year.
    pub years: Option<u32>,
    pub subcontracts: bool,
}

/// How a site is held, how it would be built, and how often that is found among twenty.
const HELD: [((&str, &str), usize); 13] = [
    (("政府闲置房屋", "改造"), 6),
    (("政府闲置房屋", "扩建"), 1),
    (("政府空闲场地", "新建"), 2),
    (("老旧小区改造场地", "改造"), 3),
    (("产权人免费提供", "改造"), 1),
    (("产权人免费提供", "转换"), 1),
    (("购置归公", "购置"), 1),
    (("购置归公", "改造"), 1),
    (("其他租赁", "租赁"), 1),
    (("其他租赁", "改造"), 1),
    (("其他", "置换"), 1),
    // Nobody wrote down how it is held.
    (("", "改造"), 1),
    // Must stay last: only when government leases are wanted.
    (("政府租赁", "改造"), 1),
];

const SIX: [&str; 6] = ["短期托养", "日间照料", "老人餐厅", "健康管理", "文化娱乐", "上门服务"];
const MORE: [&str; 11] = ["休闲娱乐", "图书阅览", "医疗康复", "餐饮服务", "全时托养", "助餐", "助医", "助洁", "助浴", "助行", "助急"];
const FUNDS: [&str; 4] = ["基础设施建设", "装修装饰", "维修改造", "设施设备购置"];
const KINDS: [&str; 4] = ["城镇社区养老幸福工程", "城市社区养老服务中心", "社区养老照料中心", "社区养老服务中心"];
const PREMISES: [&str; 8] = ["原办公楼", "旧厂房", "闲置校舍", "临街门面", "原供销社院", "社区用房", "旧招待所", "小区配套房"];

/// What the candidates of a town are drawn from.
pub(super) struct Draw<'a> {
    /// How many.
    pub count: usize,
    /// Keeps names of different towns apart.
    pub prefix: &'a str,
    /// Whether some are leased by the government, which the province's paper excludes outright.
    pub gov_leased: bool,
    pub records: &'a [Record],
    pub names: &'a Names,
}

/// The candidates of a town: nearly all in its built-up ground, one or two where the river misleads.
pub(super) fn proposed(draw: &Draw<'_>, sites: &mut Sites<'_>, dice: &mut Dice) -> Vec<Candidate> {
    let mut all = Vec::with_capacity(draw.count);
    let traps = (draw.count + 10) / 20;
    let mut order: Vec<usize> = Vec::new();
    let held = if draw.gov_leased { &HELD[..] } else { &HELD[..HELD.len() - 1] };
    let mut decks = Decks {
        held: Deck::new(held.iter().copied()),
        area: Deck::new([((260, 499), 1), ((2001, 3200), 1), ((500, 2000), 5)]),
        beds: Deck::new([(Some((1, 9)), 4), (Some((0, 0)), 1), (None, 1), (Some((10, 40)), 12)]),
        agreement: Deck::new([(Some((2024, 2026)), 1), (None, 1), (Some((2029, 2042)), 2)]),
        as_built: Deck::new([(true, 1), (false, 8)]),
    };
    for tries in 0..draw.count * 4 {
        if all.len() == draw.count {
            break;
        }
        let trap = if tries < traps { sites.by_the_river(dice) } else { None };
        let found = trap.or_else(|| {
            if order.is_empty() {
                order = (0..draw.records.len()).filter(|&u| !draw.records[u].village || dice.chance(14)).collect();
                dice.shuffle(&mut order);
            }
            let unit = order.pop()?;
            Some((unit, sites.place(unit, dice.chance(35), dice)?))
        });
        if let Some((unit, at)) = found {
            let number = all.len() + 1;
            all.push(candidate(draw, &mut decks, unit, at, number, dice));
        }
    }
    all
}

/// What must not be missing in a small town: dealt, not thrown.
struct Decks {
    held: Deck<(&'static str, &'static str)>,
    area: Deck<(i64, i64)>,
    beds: Deck<Option<(i64, i64)>>,
    /// Years in which free use ends; five years are asked for.
    agreement: Deck<Option<(i64, i64)>>,
    as_built: Deck<bool>,
}

fn candidate(draw: &Draw<'_>, decks: &mut Decks, unit: usize, at: Place, number: usize, dice: &mut Dice) -> Candidate {
    let record = &draw.records[unit];
    let base = record.name.trim_end_matches("社区");
    let premises = dice.pick(&PREMISES).copied().unwrap_or("社区用房");
    let (least, most) = decks.area.draw(dice).unwrap_or((500, 2000));
    let floor_area = dice.whole(least, most) as u32;
    let beds = decks.beds.draw(dice).flatten().map(|(least, most)| dice.whole(least, most) as u32);
    let (tenure, build_mode) = decks.held.draw(dice).unwrap_or(HELD[0].0);
    let agreement_until = match tenure {
        "产权人免费提供" => match decks.agreement.draw(dice) {
            Some(Some((least, most))) => format!("{}-12-31", dice.whole(least, most)),
            _ => String::new(),
        },
        _ => String::new(),
    };
    // Yuan a square metre; a purchase costs what housing costs.
    let per_metre = match build_mode {
        "新建" => dice.whole(2200, 3400),
        "购置" => dice.whole(3200, 5200),
        "租赁" => dice.whole(400, 900),
        _ => dice.whole(650, 1700),
    } as u32;
    let investment = floor_area * per_metre / 1000 * 1000;
    let mut declared = |missing: u32, low: i64| (!dice.chance(missing)).then(|| dice.whole(low, 98) as u32);
    let declared = [declared(5, 45), declared(8, 40), declared(14, 30)];
    let mut promise = |yes: u32, missing: u32| (!dice.chance(missing)).then(|| dice.chance(yes));
    let commitments = [promise(94, 4), promise(92, 5), promise(97, 4)];
    let operating = (!dice.chance(15)).then(|| operator(draw.names, number, dice));
    let in_care = beds.map(|b| dice.part(b, 0.3, 0.9));
    let residents = in_care.filter(|_| dice.chance(30)).map(|all| {
        let well = dice.part(all, 0.4, 0.7);
        let half = dice.part(all - well, 0.4, 0.8);
        [well, half, all - well - half]
    });
    let built = decks.as_built.draw(dice) == Some(true);
    let approved = (built || dice.chance(25)).then(|| dice.part(floor_area, 0.92, 1.0));
    Candidate {
        name: format!("{}{base}{premises}（候选{number}）", draw.prefix),
        project_name: format!("{}{}养老幸福工程", record.street, record.name),
        at,
        community: record.code.clone(),
        address: format!("{}{base}示例路{}号（虚构）", record.street, dice.whole(1, 180)),
        street: record.street.clone(),
        floor_area,
        beds,
        meals: (!dice.chance(10)).then(|| dice.whole(20, 160) as u32),
        functions: functions(dice),
        build_mode,
        tenure,
        agreement_until,
        investment: (!dice.chance(5)).then_some(investment),
        county_match: (!dice.chance(12)).then(|| dice.part(investment, 0.2, 0.6) / 1000 * 1000),
        declared,
        commitments,
        operator: operating,
        site_visit_date: if dice.chance(75) { format!("2023-01-{:02}", dice.whole(4, 30)) } else { String::new() },
        responsible_person: draw.names.person(dice),
        area_approved: approved,
        area_as_built: approved.filter(|_| built).map(|a| dice.part(a, 0.9, 1.04)),
        use_of_funds: funds(dice),
        kind: dice.pick(&KINDS).copied().unwrap_or(KINDS[0]),
        city_funded: (!dice.chance(25)).then(|| dice.chance(40)),
        grade: ["", "A", "AA", "AAA"][dice.weighted(&[70, 14, 11, 5])],
        residents,
    }
}

fn operator(names: &Names, number: usize, dice: &mut Dice) -> Operator {
    Operator {
        name: names.operator(dice),
        person: names.person(dice),
        // No telephone has an area code of zeros.
        phone: format!("0000-{:07}", number),
        registered: (!dice.chance(4)).then(|| dice.chance(95)),
        filed: dice.chance(92),
        third_party: dice.chance(94),
        years: (!dice.chance(7)).then(|| dice.whole(4, 120) as u32),
        subcontracts: dice.chance(3),
    }
}

/// All six of the province's functions more often than not, and some of other papers'.
fn functions(dice: &mut Dice) -> String {
    let complete = dice.chance(68);
    let mut chosen: Vec<&str> = SIX.into_iter().filter(|_| complete || dice.chance(72)).collect();
    if dice.chance(45) {
        chosen.extend(MORE);
    } else {
        chosen.extend(MORE.into_iter().filter(|_| dice.chance(25)));
    }
    chosen.join(";")
}

/// What the award would pay for; now and then something it must not pay for.
fn funds(dice: &mut Dice) -> String {
    let mut chosen: Vec<&str> = FUNDS.into_iter().filter(|_| dice.chance(60)).collect();
    if chosen.is_empty() {
        chosen.push(FUNDS[1]);
    }
    match dice.below(100) {
        0..3 => chosen.push("运行经费"),
        3..6 => chosen.push("房屋租赁"),
        _ => {}
    }
    chosen.join(";")
}
