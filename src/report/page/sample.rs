//! A made-up city with findings, for the tests of the page and for looking at it. Its figures are plausible, not computed by the program.

use std::f64::consts::TAU;

use geo::{LineString, MultiPolygon, Polygon};
use jiff::civil::date;

use crate::city::{
    BuildMode, Candidate, City, Community, CommunityKind, Counts, County, CountyType, Facility, Given, Group, Status, Tenure,
};
use crate::coverage::circles::{self, Asked, SiteCircles};
use crate::coverage::{Administrative, CommunityCover, CoverStatus, Coverage, GroupCover, Level, SiteFigures, Total};
use crate::demand::{Demand, DemandSource};
use crate::network::reach::ReachTable;
use crate::policy::condition::{Condition, Yields};
use crate::policy::{Criterion, Hardness, Outcome, Pack, Rule, RuleKind, Subject, Verdict};
use crate::problem::{Code, Problem, Problems};
use crate::score::{CriterionScore, Eligibility, Ranked, Score};
use crate::settings::{Scope, Settings, Stage};
use crate::siting::Lists;
use crate::space::LonLat;
use crate::study::pairs::CandidatePairs;
use crate::study::{Findings, PackFindings, ReachedStreet, Street};
use crate::units::{Count, Millimetres, SquareMetres};

/// Names that must stay text wherever they go.
pub const HOSTILE: [&str; 4] =
    ["<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "{{data}}\u{2028}<!--"];
/// A person who must appear nowhere.
pub const PERSON: [&str; 3] = ["王某某经理", "13900001234", "李负责"];

/// Metres between corners of communities.
const CELL: f64 = 800.0;
/// Blocks along a side of a community.
const BLOCKS: usize = 5;

/// A coin that always falls the same way for the same question.
fn dice(a: usize, b: usize, what: u64) -> f64 {
    let mut x = (a as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (b as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
        ^ what.wrapping_mul(0x1656_67b1_9e37_79f9);
    for _ in 0..2 {
        x ^= x >> 31;
        x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
    }
    (x >> 40) as f64 / (1u64 << 24) as f64
}

/// Metres to degrees, around a place in Shanxi.
fn place([x, y]: [f64; 2]) -> LonLat {
    LonLat { lon: 113.1 + x / 89_700.0, lat: 36.2 + y / 110_950.0 }
}

/// Crossing `(i, j)` of the streets, in metres; villages outside the middle are wider.
fn corner(side: usize, i: usize, j: usize) -> [f64; 2] {
    let stretch = |k: usize| {
        let t = k as f64 / BLOCKS as f64 - side as f64 / 2.0;
        t * CELL * (1.0 + 0.12 * t.abs().min(4.0))
    };
    let shake = |what| (dice(i, j, what) - 0.5) * CELL / BLOCKS as f64 * 0.6;
    [stretch(i) + shake(1), stretch(j) + shake(2)]
}

/// A city of `side` × `side` communities with the given number of demand points for each block.
pub fn findings(side: usize, points: usize) -> Findings {
    let mut city =
        City { given: Given { communities: true, facilities: true, candidates: true, counties: true, estates: false }, ..City::default() };
    for (code, name, county_type) in [("140403", "青禾区", CountyType::District), ("140421", "谷阳县", CountyType::County)] {
        city.counties.push(County {
            code: code.into(),
            name: name.into(),
            county_type: Some(county_type),
            prior_projects: None,
            previous_grade: None,
            city: Some("青州市".into()),
            city_code: None,
            origin: Default::default(),
        });
    }
    city.communities = communities(side);
    let demand = people(side, points, &city);
    city.facilities = facilities(side);
    city.candidates = candidates(side, &city.communities);
    let settings = Settings {
        title: "青州市养老服务设施布局（合成示例）".into(),
        as_of: Some(date(2023, 2, 1)),
        policies: vec!["shanxi-2023".into(), "yuncheng-2021".into()],
        ..Settings::default()
    };
    let counting: Vec<u32> = (0..city.facilities.len() as u32).filter(|f| city.facilities[*f as usize].counts(None)).collect();
    let reach = reach(&city, &demand, &settings);
    let coverage = coverage(&city, &demand, &reach, &settings, counting);
    let figures = figures(&city, &demand, &reach, &coverage);
    let streets = streets(side);
    let reached = city.candidates.iter().map(|c| c.place.map_or_else(Vec::new, |p| reached(&streets, p))).collect();
    let packs =
        vec![pack("shanxi-2023", "晋民发〔2023〕7号", &city, &figures, 0), pack("yuncheng-2021", "运〔2021〕2号", &city, &figures, 1)];
    let mut problems = Problems::default();
    for row in 2..9 {
        problems.push(Problem::new(Code::W_NO_POSITION).file("facilities.csv").field("lon").value(HOSTILE[0]).with("row", row));
    }
    problems.push(Problem::new(Code::E_NUM).file("candidates.csv").field("operator_phone").value(PERSON[1]));
    let circles = circles(&city, &settings);
    let reach = reach.known().clone();
    Findings {
        settings,
        city,
        demand,
        reach,
        on_streets: true,
        coverage,
        figures,
        near: None,
        pairs: None,
        facility_pairs: None,
        sensitivity: None,
        audit: None,
        packs,
        problems,
        streets,
        reached,
        circles,
    }
}

/// Round ones, whatever the streets are.
fn circles(city: &City, settings: &Settings) -> Vec<Option<SiteCircles>> {
    let times = circles::times(settings);
    let asked = Asked { times: &times, speed: settings.speed, buffer: settings.circle_buffer };
    let places: Vec<Option<LonLat>> = city.facilities.iter().map(|f| f.place).chain(city.candidates.iter().map(|c| c.place)).collect();
    circles::straight::circles(&places, asked, 1.3)
}

fn communities(side: usize) -> Vec<Community> {
    let mut list = Vec::new();
    let (first, last) = (
        ["城隍", "府前", "文昌", "太行", "解放", "英雄", "紫坊", "玉泉"],
        ["东社区", "西社区", "南社区", "北街社区", "新社区", "里社区", "苑社区", "桥社区"],
    );
    for a in 0..side {
        for b in 0..side {
            let mut ring = Vec::new();
            let (i, j) = (a * BLOCKS, b * BLOCKS);
            ring.extend((0..BLOCKS).map(|k| corner(side, i + k, j)));
            ring.extend((0..BLOCKS).map(|k| corner(side, i + BLOCKS, j + k)));
            ring.extend((0..BLOCKS).map(|k| corner(side, i + BLOCKS - k, j + BLOCKS)));
            ring.extend((0..BLOCKS).map(|k| corner(side, i, j + BLOCKS - k)));
            let ring: LineString<f64> = ring.into_iter().map(|m| place(m).coord()).collect();
            let village = a == 0 || b == 0 || a == side - 1 || b == side - 1;
            let n = list.len();
            let mut counts = Counts::default();
            let households = if village { 120.0 + dice(a, b, 5) * 200.0 } else { 380.0 + dice(a, b, 5) * 1500.0 };
            counts[Group::Households] = Some(Count::whole(households as u64));
            counts[Group::OccupiedHouseholds] = (dice(a, b, 6) > 0.1).then(|| Count::whole((households * 0.88) as u64));
            counts[Group::Elderly60] = Some(Count::whole((households * (0.3 + 0.4 * dice(a, b, 7))) as u64));
            counts[Group::Elderly80] = counts[Group::Elderly60].map(|c| Count::whole(c.0 / 6_000_000));
            let mut name = format!("{}{}", first[n % 8], last[n / 8 % 8]);
            if village {
                name = format!("{}{}村", ["史家", "鹿家", "黄碾", "马厂", "老顶", "安阳"][n % 6], ["庄", "沟", "峪", "河"][n / 6 % 4]);
            }
            if n < 4 {
                HOSTILE[n].clone_into(&mut name);
            }
            let west = a < side / 2;
            list.push(Community {
                code: format!("{}{:06}", if west { "140421" } else { "140403" }, n),
                name,
                county: Some(if west { "谷阳县" } else { "青禾区" }.into()),
                county_code: Some(if west { "140421" } else { "140403" }.into()),
                street: Some(format!("{}街道", first[b % 8])),
                kind: if village { CommunityKind::Village } else { CommunityKind::Urban },
                counts,
                registered: [None; 3],
                disabled: None,
                special_hardship: None,
                single_child_lost: None,
                built_year: Some(1975 + (dice(a, b, 8) * 45.0) as i32),
                old: Some(dice(a, b, 8) < 0.55),
                is_centre: None,
                floor_area: None,
                boundary: Some(MultiPolygon::new(vec![Polygon::new(ring, vec![])])),
                place: None,
                extra: Default::default(),
                origin: Default::default(),
            });
        }
    }
    list
}

fn people(side: usize, points: usize, city: &City) -> Demand {
    let mut demand = Demand { sources: vec![DemandSource::Grid], ..Demand::default() };
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    let groups = [Group::Elderly60, Group::Elderly80, Group::Households];
    for (n, community) in city.communities.iter().enumerate() {
        let (a, b) = (n / side, n % side);
        let village = community.kind == CommunityKind::Village;
        let mut spots = Vec::new();
        for block in 0..BLOCKS * BLOCKS {
            // A village is one cluster of houses in its fields.
            if village && !(6..9).contains(&block) {
                continue;
            }
            let (i, j) = (a * BLOCKS + block / BLOCKS, b * BLOCKS + block % BLOCKS);
            let (low, high) = (corner(side, i, j), corner(side, i + 1, j + 1));
            for p in 0..points {
                let t = [0.1 + 0.8 * dice(i, j, 100 + p as u64), 0.1 + 0.8 * dice(j, i, 1100 + p as u64)];
                spots.push([low[0] + (high[0] - low[0]) * t[0], low[1] + (high[1] - low[1]) * t[1]]);
            }
        }
        for (k, group) in groups.into_iter().enumerate() {
            let total = community.counts[group].unwrap_or_default().0;
            let each = total / spots.len() as u64;
            columns[k].extend((0..spots.len()).map(|s| Count(if s == 0 { total - each * (spots.len() as u64 - 1) } else { each })));
        }
        demand.places.extend(spots.iter().map(|s| place(*s)));
        demand.community.extend(spots.iter().map(|_| n as u32));
    }
    for (group, column) in groups.into_iter().zip(columns) {
        demand.counts[group as usize] = Some(column);
    }
    demand
}

/// A spot inside a community that is not at the edge of the city.
fn spot(side: usize, n: usize, what: u64) -> [f64; 2] {
    let i = 1 + (dice(n, 1, what) * (side * BLOCKS - 2) as f64) as usize;
    let j = 1 + (dice(n, 2, what) * (side * BLOCKS - 2) as f64) as usize;
    let c = corner(side, i, j);
    [c[0] + 20.0, c[1] + 15.0]
}

fn facilities(side: usize) -> Vec<Facility> {
    (0..side * side / 2)
        .map(|n| Facility {
            id: format!("F{:03}", n + 1),
            name: if n == 5 {
                HOSTILE[2].into()
            } else {
                format!("{}社区日间照料中心", ["幸福", "康宁", "夕阳红", "和顺", "长青"][n % 5])
            },
            kind: Some("日间照料中心".into()),
            place: (n != 7).then(|| place(spot(side, n, 11))),
            community: Some((n * 2) as u32),
            serves: if n % 6 == 0 { vec![(n * 2 + 1) as u32] } else { vec![] },
            floor_area: Some(SquareMetres::new(300.0 + (n % 9) as f64 * 110.0).unwrap()),
            care_area: None,
            beds: Some(Count::whole(n as u64 % 20)),
            meals: None,
            functions: None,
            status: [
                Some(Status::Operating),
                Some(Status::Operating),
                Some(Status::Operating),
                Some(Status::Building),
                Some(Status::Operating),
                Some(Status::Suspended),
                Some(Status::Closed),
                None,
            ][n % 8],
            opened: None,
            use_changed: None,
            duplicate_of: (n == 9).then_some(4),
            extra: [("负责人".to_owned(), PERSON[0].to_owned())].into(),
            origin: Default::default(),
        })
        .collect()
}

fn candidates(side: usize, communities: &[Community]) -> Vec<Candidate> {
    (0..side * side * 5 / 8)
        .map(|n| Candidate {
            id: format!("C{:03}", n + 1),
            name: if n < 2 {
                HOSTILE[n].into()
            } else {
                format!(
                    "{}候选点",
                    ["玉泉西", "滨河西", "太行二", "南街中", "西关二", "胜利后", "南垴前", "淮海东", "崞北", "东关新"][n % 10]
                )
            },
            place: (n != 3).then(|| place(spot(side, n, 21))),
            host: Some((n * 7 % communities.len()) as u32),
            street: communities[n * 7 % communities.len()].street.clone(),
            address: Some(format!("解放路 {} 号", n * 3 + 1)),
            county_code: Some("140403".into()),
            floor_area: (n % 11 != 4).then(|| SquareMetres::new(420.0 + (n % 13) as f64 * 140.5).unwrap()),
            beds: Some(Count::whole(n as u64 % 16)),
            build_mode: Some([BuildMode::Renovation, BuildMode::Purchase, BuildMode::New][n % 3]),
            tenure: Some([Tenure::GovIdleBuilding, Tenure::EstateRenewal, Tenure::OwnerFree, Tenure::GovLeased][n % 4]),
            enthusiasm: Some(60.0),
            operator_person: Some(PERSON[0].into()),
            operator_phone: Some(PERSON[1].into()),
            responsible_person: Some(PERSON[2].into()),
            ..Candidate::default()
        })
        .collect()
}

/// Crow-fly distance × 1.25, in metres.
fn walk(a: LonLat, b: LonLat) -> f64 {
    let (dx, dy) = ((a.lon - b.lon) * 89_700.0, (a.lat - b.lat) * 110_950.0);
    (dx * dx + dy * dy).sqrt() * 1.25
}

fn reach(city: &City, demand: &Demand, settings: &Settings) -> ReachTable {
    let limit = settings.farthest();
    let sites = city.facilities.iter().map(|f| f.place).chain(city.candidates.iter().map(|c| c.place));
    let pairs = sites
        .map(|site| {
            let Some(site) = site else { return vec![] };
            let near =
                demand.places.iter().enumerate().filter(|(_, p)| (p.lat - site.lat).abs() < 0.012 && (p.lon - site.lon).abs() < 0.015);
            near.map(|(i, p)| (i as u32, (walk(site, *p) * 1000.0) as u32)).filter(|(_, mm)| u64::from(*mm) <= limit.0).collect()
        })
        .collect();
    let known = city.facilities.iter().map(|f| f.place.is_some()).chain(city.candidates.iter().map(|c| c.place.is_some())).collect();
    // The people of every nineteenth community stand where no street is known.
    let point_known = demand.community.iter().map(|c| c % 19 != 18).collect();
    ReachTable::new(pairs, known, point_known, limit)
}

/// Which candidates reach each point, for a plan.
pub fn pairs(findings: &Findings) -> CandidatePairs {
    let reach = reach(&findings.city, &findings.demand, &findings.settings);
    let within = findings.settings.speed.reach(findings.settings.limit);
    let mut near = vec![Vec::new(); findings.demand.len()];
    for candidate in 0..findings.city.candidates.len() {
        for (point, walk) in reach.of_site(findings.city.facilities.len() + candidate) {
            if walk <= within && reach.known().point_known(point) {
                near[point].push(candidate as u32);
            }
        }
    }
    let mut lists = Lists::default();
    near.into_iter().for_each(|list| lists.push(list));
    CandidatePairs::Reach(lists)
}

fn coverage(city: &City, demand: &Demand, reach: &ReachTable, settings: &Settings, counting: Vec<u32>) -> Coverage {
    let n = demand.len();
    let mut out = Coverage { counting, cover_count: vec![0; n], nearest: vec![None; n], ..Coverage::default() };
    let mut best: Vec<Vec<u64>> = vec![vec![u64::MAX; 1]; n];
    for f in &out.counting {
        for (p, mm) in reach.of_site(*f as usize) {
            best[p][0] = best[p][0].min(mm.0);
            if mm <= settings.speed.reach(settings.limit) {
                out.cover_count[p] += 1;
            }
            if out.nearest[p].is_none_or(|(_, d)| mm < d) {
                out.nearest[p] = Some((*f, mm));
            }
        }
    }
    let groups = [Group::Elderly60, Group::Elderly80, Group::Households];
    let sum = |group: Group, within: u64, keep: &dyn Fn(usize) -> bool| {
        let counts = demand.group(group).unwrap();
        let mut c = GroupCover { group, people: Count::ZERO, covered: Count::ZERO, unknown: Count::ZERO };
        for p in (0..n).filter(|p| keep(*p)) {
            c.people += counts[p];
            if !reach.known().point_known(p) {
                c.unknown += counts[p];
            } else if best[p][0] <= within {
                c.covered += counts[p];
            }
        }
        c
    };
    for speed in settings.speeds() {
        for (scope, county) in
            [(Scope::Urban, ""), (Scope::Village, ""), (Scope::All, ""), (Scope::Urban, "140403"), (Scope::Urban, "140421")]
        {
            for group in groups {
                let keep = |p: usize| {
                    let c = &city.communities[demand.community[p] as usize];
                    (scope == Scope::All || (scope == Scope::Urban) == (c.kind == CommunityKind::Urban))
                        && (county.is_empty() || c.county_code.as_deref() == Some(county))
                };
                let c = sum(group, speed.reach(settings.limit).0, &keep);
                out.totals.push(Total {
                    level: if county.is_empty() { Level::All } else { Level::County },
                    code: county.to_owned(),
                    name: city.counties.iter().find(|c| c.code == county).map_or_else(String::new, |c| c.name.clone()),
                    scope,
                    group,
                    speed,
                    limit: settings.limit,
                    people: c.people,
                    known: c.known(),
                    covered: c.covered,
                    unknown: c.unknown,
                });
            }
        }
    }
    let mut first = vec![n; city.communities.len() + 1];
    for (p, c) in demand.community.iter().enumerate().rev() {
        first[*c as usize] = p;
    }
    for i in (0..city.communities.len()).rev() {
        first[i] = first[i].min(first[i + 1]);
    }
    for (i, community) in city.communities.iter().enumerate() {
        let (from, to) = (first[i], first[i + 1]);
        let within = settings.speed.reach(settings.limit).0;
        let groups: Vec<GroupCover> = groups
            .iter()
            .map(|g| {
                let counts = demand.group(*g).unwrap();
                let mut c = GroupCover { group: *g, people: Count::ZERO, covered: Count::ZERO, unknown: Count::ZERO };
                for p in from..to {
                    c.people += counts[p];
                    if !reach.known().point_known(p) {
                        c.unknown += counts[p];
                    } else if best[p][0] <= within {
                        c.covered += counts[p];
                    }
                }
                c
            })
            .collect();
        let share = groups[0].share();
        let households = community.counts[Group::Households].map(Count::as_f64);
        let inside = (i % 4 == 0).then_some(640.0).or(Some(0.0));
        out.communities.push(CommunityCover {
            community: i as u32,
            status: match share {
                None => CoverStatus::Unknown,
                Some(s) if s >= 0.95 => CoverStatus::Covered,
                Some(s) if s <= 0.05 => CoverStatus::Uncovered,
                Some(_) => CoverStatus::Partial,
            },
            groups,
            minutes: share.map(|s| 22.0 - s * 14.0),
            nearest_facility: share.map(|_| (i % city.facilities.len()) as u32),
            administrative: [Administrative::Own, Administrative::None, Administrative::Shared, Administrative::None, Administrative::None]
                [i % 5],
            area_reference: households.map(|h| h * 0.2),
            area_inside: inside,
            area_gap: households.zip(inside).map(|(h, a)| (h * 0.2 - a).max(0.0)),
            m2_per_100_households: share.map(|s| s * 26.0),
            reach_gap: share.zip(households).map(|(s, h)| ((20.0 - s * 26.0) * h / 100.0).max(0.0)),
            priority_old_500: community.counts[Group::OccupiedHouseholds].map(|h| h >= Count::whole(500) && community.old == Some(true)),
            outside_share: share.map(|s| s * 0.1),
        });
    }
    out.communities.sort_by_key(|c| {
        let g = c.groups[0];
        (std::cmp::Reverse(g.known().minus(g.covered)), c.community)
    });
    out
}

fn figures(city: &City, demand: &Demand, reach: &ReachTable, coverage: &Coverage) -> Vec<SiteFigures> {
    let counts = demand.group(Group::Elderly60).unwrap();
    (0..city.candidates.len())
        .map(|i| {
            let site = city.facilities.len() + i;
            if !reach.known().site_known(site) {
                return SiteFigures::default();
            }
            let within: Vec<usize> = reach
                .of_site(site)
                .filter(|(p, mm)| *mm <= Millimetres(900_000) && reach.known().point_known(*p))
                .map(|(p, _)| p)
                .collect();
            let all: Count = within.iter().map(|p| counts[*p]).sum();
            let new: Count = within.iter().filter(|p| coverage.cover_count[**p] == 0).map(|p| counts[*p]).sum();
            SiteFigures {
                elderly_60_reach: Some(all),
                elderly_60_new: Some(new),
                elderly_60_served: Some(all.minus(new)),
                households_new: Some(Count::whole(new.0 / 500_000)),
                old_500_households_new: Some(Count::whole(new.0 / 1_400_000)),
                reach_gap_closed: Some(new.as_f64() * 0.31),
                redundancy: all.minus(new).share_of(all),
                outside_share: Some(dice(i, 4, 4) * 0.3),
            }
        })
        .collect()
}

fn streets(side: usize) -> Vec<Street> {
    let n = side * BLOCKS;
    let mut out = Vec::new();
    let class = |k: usize, i: usize, j: usize| {
        if k.is_multiple_of(BLOCKS * 2) {
            0
        } else if k.is_multiple_of(BLOCKS) {
            1
        } else if dice(i, j, 31) < 0.75 {
            2
        } else {
            3
        }
    };
    for i in 0..=n {
        for j in 0..=n {
            let outside = |k: usize| k < BLOCKS || k > n - BLOCKS;
            // Few streets among the fields.
            let keep = |k: usize| !(outside(i) || outside(j)) || k.is_multiple_of(BLOCKS);
            if i < n && keep(j) {
                out.push(Street { line: [[i, j], [i + 1, j]].map(|[i, j]| place(corner(side, i, j))).to_vec(), class: class(j, i, j) });
            }
            if j < n && keep(i) {
                out.push(Street { line: [[i, j], [i, j + 1]].map(|[i, j]| place(corner(side, i, j))).to_vec(), class: class(i, j, i) });
            }
        }
    }
    out
}

fn reached(streets: &[Street], site: LonLat) -> Vec<ReachedStreet> {
    let band = |p: &LonLat| (walk(site, *p) / 300.0).floor() as u8;
    streets
        .iter()
        .filter_map(|s| {
            let far = s.line.iter().map(band).max()?;
            (far < 3).then(|| ReachedStreet { line: s.line.clone(), band: far })
        })
        .collect()
}

fn pack(id: &str, document: &str, city: &City, figures: &[SiteFigures], which: usize) -> PackFindings {
    let rule = |id: &str, clause: &str, quote: &str, hardness, stage| Rule {
        id: id.into(),
        clause: clause.into(),
        quote: quote.into(),
        hardness,
        stage,
        due: None,
        deadline: None,
        kind: RuleKind::Eligibility,
        of: Subject::Candidate,
        reading: None,
        ours: None,
        code: None,
        test: None,
    };
    let rules = vec![
        rule("S001-08", "三(一)", "选择社区老年人口多、养老需求量大、社区积极性高、承载力强的社区建设", Hardness::Priority, Stage::Siting),
        rule("S001-09", "三(一)", "重点选择入住500户以上、规模较大的老旧社区建设", Hardness::Priority, Stage::Siting),
        rule("S001-11", "三(三)", "应由注册并备案且从事养老服务一年以上的第三方专业机构运营", Hardness::Firm, Stage::Operation),
        rule("S001-13", "四(一)", "政府租赁场地不得申报", Hardness::Hard, Stage::Siting),
        rule("S001-14", "四(二)", "项目建筑面积原则上在 500-2000 平米之间", Hardness::Soft, Stage::Siting),
        rule("S001-15", "四(二)", "原则上应设置嵌入式养老床位，一般不少于 10 张", Hardness::Soft, Stage::Siting),
        rule("S001-47", "六(一)", "遵循“就近便利、方便老人”的原则合理选址", Hardness::Priority, Stage::Siting),
        rule("S002-14", "二(三)", "确保养老服务设施功能布局合理,避免出现重复建设", Hardness::Priority, Stage::Siting),
    ];
    let criterion = |name: &str, zh: &str, en: &str, fact: &str, zero, one, unit: &str, clauses: &[&str], declared| Criterion {
        name: name.into(),
        label: [zh.into(), en.into()],
        declared,
        fact: fact.into(),
        set: String::new(),
        measure: Condition::parse("1.0", Yields::Number).unwrap(),
        zero,
        one,
        weight: 1.0,
        clauses: clauses.iter().map(|c| (*c).into()).collect(),
        unit: unit.into(),
    };
    let criteria = vec![
        criterion(
            "host_elderly",
            "所在社区老年人",
            "Elders of the host community",
            "community.elderly_60",
            0.0,
            1000.0,
            "人",
            &["S001-08"],
            false,
        ),
        criterion("newly_reached", "新增覆盖老年人", "Elders newly reached", "elderly_60_new", 0.0, 1500.0, "人", &["S001-47"], false),
        criterion(
            "old_500",
            "入住 500 户以上的老旧社区",
            "Old community of 500 occupied households",
            "community.occupied_households",
            0.0,
            1.0,
            "",
            &["S001-09"],
            false,
        ),
        criterion("redundancy", "重复建设", "Redundancy", "redundancy", 1.0, 0.0, "", &["S002-14"], false),
        criterion("enthusiasm", "社区积极性", "Enthusiasm", "enthusiasm", 0.0, 100.0, "分", &["S001-08"], true),
    ];
    let mut ranking: Vec<Ranked> = (0..city.candidates.len())
        .map(|i| {
            let candidate = &city.candidates[i];
            let host = candidate.host.map(|h| &city.communities[h as usize]);
            let elders = host.and_then(|h| h.counts[Group::Elderly60]);
            let old = host.and_then(|h| Some(h.counts[Group::OccupiedHouseholds]? >= Count::whole(500) && h.old?));
            let raws = [
                elders.map(Count::as_f64),
                figures[i].elderly_60_new.map(Count::as_f64),
                old.map(|o| f64::from(u8::from(o))),
                figures[i].redundancy,
                candidate.enthusiasm,
            ];
            let scored: Vec<CriterionScore> = raws
                .iter()
                .enumerate()
                .map(|(k, raw)| {
                    let c = &criteria[k];
                    let value = raw.map(|r| ((r - c.zero) / (c.one - c.zero)).clamp(0.0, 1.0));
                    CriterionScore { criterion: k as u32, raw: *raw, value, weight: if raw.is_some() { 1.0 } else { 0.0 } }
                })
                .collect();
            let known: Vec<f64> = scored[..4].iter().filter_map(|s| s.value).collect();
            let score = known.iter().sum::<f64>() / known.len().max(1) as f64 * 1e6 - which as f64 * dice(i, 9, 9) * 2e5;
            Ranked {
                candidate: i as u32,
                rank: None,
                eligibility: if candidate.tenure == Some(Tenure::GovLeased) {
                    Eligibility::Ineligible(vec!["S001-13".into()])
                } else if candidate.floor_area.is_none() {
                    Eligibility::Conditional(vec!["operator_registered".into(), "operator_filed".into()])
                } else {
                    Eligibility::Eligible
                },
                score: Some(Score(score.max(0.0) as u32)),
                score_declared: Some(Score(600_000)),
                criteria: scored,
                missing: if old.is_none() { vec!["community.occupied_households".into()] } else { vec![] },
                top_n_share: Some((score / 1e6 * TAU.sin().abs().max(0.8)).clamp(0.0, 1.0)),
                old_500_host: old,
                host_elderly_60: elders,
            }
        })
        .collect();
    ranking.sort_by_key(|r| (r.eligibility.key() == "ineligible", std::cmp::Reverse(r.score), r.candidate));
    for (n, row) in ranking.iter_mut().enumerate() {
        row.rank = (row.eligibility.key() != "ineligible").then_some(n as u32 + 1);
    }
    let mut verdicts = Vec::new();
    for (i, candidate) in city.candidates.iter().enumerate() {
        let mut push = |rule: u32, outcome, value: Option<String>, threshold: Option<&str>, missing: &[&str]| {
            verdicts.push(Verdict {
                subject_kind: "candidate",
                subject: i as u32,
                rule,
                outcome,
                value,
                threshold: threshold.map(Into::into),
                missing: missing.iter().map(|m| (*m).into()).collect(),
                due: (rule == 2).then(|| date(2023, 4, 30)),
                override_reason: None,
            });
        };
        push(1, if i % 3 == 0 { Outcome::Met } else { Outcome::Unmet }, Some("612".into()), Some("500"), &[]);
        push(2, Outcome::NotDue, Some(format!("{} {}", PERSON[0], PERSON[1])), None, &["operator_registered"]);
        let leased = candidate.tenure == Some(Tenure::GovLeased);
        push(3, if leased { Outcome::Fail } else { Outcome::Pass }, candidate.tenure.map(|t| t.key().into()), None, &[]);
        match candidate.floor_area {
            Some(a) => push(
                4,
                if (500.0..=2000.0).contains(&a.value()) { Outcome::Pass } else { Outcome::Warn },
                Some(a.value().to_string()),
                Some("500–2000"),
                &[],
            ),
            None => push(4, Outcome::Unknown, None, Some("500–2000"), &["floor_area"]),
        }
        push(
            5,
            if candidate.beds >= Some(Count::whole(10)) { Outcome::Pass } else { Outcome::Warn },
            candidate.beds.map(|b| b.to_string()),
            Some("10"),
            &[],
        );
    }
    PackFindings {
        others: Vec::new(),
        pack: Pack {
            id: id.into(),
            document: document.into(),
            title: String::new(),
            sha256: String::new(),
            valid_from: Some(date(2023, 1, 16)),
            valid_to: None,
            superseded_by: None,
            rules,
            criteria,
            counts_as: vec!["日间照料中心".into()],
        },
        ranking,
        verdicts,
    }
}
