//! A study of three communities, two facilities, two candidates and two packs, made by hand for the tests of the writers.
//!
//! Its texts are hostile on purpose: a name that a spreadsheet would run, quotes, commas, a tab, marks of rich text, and a phone number
//! in a column of the input.

use geo::{MultiPolygon, polygon};

use crate::city::{Candidate, City, Community, CommunityKind, Counts, Extra, Facility, Given, Group, Status};
use crate::coverage::{Administrative, CommunityCover, CoverStatus, Coverage, GroupCover, Level, SiteFigures, Total};
use crate::demand::Demand;
use crate::network::reach::Known;
use crate::policy::condition::{Condition, Yields};
use crate::policy::{Criterion, Hardness, Outcome, Pack, Rule, RuleKind, Subject, Verdict};
use crate::problem::{Code, Origin, Problem, Problems};
use crate::score::{CriterionScore, Eligibility, Ranked, Score};
use crate::settings::{Scope, Settings, Stage};
use crate::space::LonLat;
use crate::study::{Findings, PackFindings};
use crate::units::{Count, Milliseconds, WalkingSpeed};

pub fn findings() -> Findings {
    let settings =
        Settings { title: "潞州区 sample".into(), policies: vec!["shanxi-2023".into(), "own/pack".into()], ..Settings::default() };
    Findings {
        settings,
        city: city(),
        demand: Demand { counts: demand_counts(), ..Demand::default() },
        reach: Known::default(),
        on_streets: true,
        coverage: coverage(),
        near: None,
        figures: figures(),
        pairs: None,
        sensitivity: None,
        audit: None,
        packs: vec![first_pack(), second_pack()],
        problems: problems(),
        streets: Vec::new(),
        reached: Vec::new(),
        circles: Vec::new(),
    }
}

/// The same study without streets.
pub fn straight() -> Findings {
    Findings { on_streets: false, ..findings() }
}

fn problems() -> Problems {
    let mut problems = Problems::default();
    problems.push(Problem::new(Code::W_SNAP));
    problems
}

fn demand_counts() -> [Option<Vec<Count>>; Group::ALL.len()] {
    let mut counts: [Option<Vec<Count>>; Group::ALL.len()] = Default::default();
    counts[Group::Elderly60 as usize] = Some(Vec::new());
    counts[Group::Households as usize] = Some(Vec::new());
    counts
}

fn city() -> City {
    let square = |x: f64, y: f64| polygon![(x: x, y: y), (x: x + 0.01, y: y), (x: x + 0.01, y: y + 0.01), (x: x, y: y + 0.01)];
    let community = |code: &str, name: &str, kind| Community {
        code: code.into(),
        name: name.into(),
        county: Some("潞州区".into()),
        county_code: Some("140403".into()),
        street: Some("东街街道".into()),
        kind,
        counts: Counts::default(),
        registered: [None; 3],
        disabled: None,
        special_hardship: None,
        single_child_lost: None,
        built_year: None,
        old: None,
        is_centre: None,
        floor_area: None,
        boundary: None,
        place: None,
        extra: Extra::new(),
        origin: Origin::default(),
    };
    let facility = |id: &str| Facility {
        id: id.into(),
        name: format!("{id}站"),
        kind: Some("社区养老服务中心".into()),
        place: LonLat::new(113.1, 36.2),
        community: Some(0),
        serves: Vec::new(),
        floor_area: None,
        care_area: None,
        beds: None,
        meals: None,
        functions: None,
        status: Some(Status::Operating),
        opened: None,
        use_changed: None,
        duplicate_of: None,
        extra: Extra::new(),
        origin: Origin::default(),
    };
    let mut communities = vec![
        community("140403001001", "北街社区", CommunityKind::Urban),
        community("140403001002", "=HYPERLINK(\"x\"),南街", CommunityKind::Urban),
        community("140403001201", "东坡村", CommunityKind::Village),
    ];
    communities[0].boundary = Some(MultiPolygon(vec![square(113.123_456_78, 36.2)]));
    communities[0].extra = [("备注", "\t见附件"), ("联系电话", "13800000000"), ("status", "旧")].map(|(k, v)| (k.into(), v.into())).into();
    communities[1].boundary = Some(MultiPolygon(vec![square(113.2, 36.2), square(113.3, 36.2)]));
    communities[1].street = None;
    communities[2].place = LonLat::new(113.5, -0.000_000_01);
    let mut candidates = vec![
        Candidate { id: "C001".into(), name: "文化宫".into(), place: LonLat::new(113.12, 36.205), ..Candidate::default() },
        Candidate { id: "007".into(), name: "<r>旧厂\"房\"</r>".into(), ..Candidate::default() },
    ];
    candidates[0].operator_person = Some("张三".into());
    candidates[0].operator_phone = Some("13900000000".into());
    candidates[1].extra = [("rank".to_owned(), "一等".to_owned())].into();
    City {
        communities,
        facilities: vec![facility("F1"), facility("F2")],
        candidates,
        given: Given { communities: true, facilities: true, candidates: true, ..Given::default() },
        ..City::default()
    }
}

fn coverage() -> Coverage {
    let group =
        |group, people, covered, unknown| GroupCover { group, people: Count::whole(people), covered: Count::whole(covered), unknown };
    let row = |community, groups, status, administrative| CommunityCover {
        community,
        groups,
        status,
        minutes: None,
        nearest_facility: None,
        administrative,
        area_reference: None,
        area_inside: None,
        area_gap: None,
        m2_per_100_households: None,
        reach_gap: None,
        priority_old_500: None,
        outside_share: None,
    };
    let (e, h) = (Group::Elderly60, Group::Households);
    Coverage {
        totals: totals(),
        flip: Vec::new(),
        communities: vec![
            CommunityCover {
                minutes: Some(18.745),
                nearest_facility: Some(1),
                area_reference: Some(20.005),
                area_inside: Some(0.0),
                area_gap: Some(20.005),
                m2_per_100_households: Some(21.428_571),
                reach_gap: Some(0.0),
                priority_old_500: Some(true),
                outside_share: Some(0.25),
                ..row(0, vec![group(e, 111, 30, Count::ZERO), group(h, 140, 40, Count::ZERO)], CoverStatus::Partial, Administrative::Shared)
            },
            row(2, vec![group(h, 9, 0, Count(500_000))], CoverStatus::Uncovered, Administrative::None),
            row(1, vec![group(e, 66, 0, Count::whole(66))], CoverStatus::Unknown, Administrative::Unknown),
        ],
        cover_count: Vec::new(),
        nearest: Vec::new(),
        counting: vec![0, 1],
    }
}

fn totals() -> Vec<Total> {
    let total = |scope, speed, people, known, covered| Total {
        level: Level::All,
        code: "all".into(),
        name: "潞州区 sample".into(),
        scope,
        group: Group::Elderly60,
        speed: WalkingSpeed::from_mm_per_s(speed).unwrap(),
        limit: Milliseconds(900_000),
        people: Count(people),
        known: Count(known),
        covered: Count(covered),
        unknown: Count(people - known),
    };
    const M: u64 = 1_000_000;
    vec![
        total(Scope::Urban, 800, 177_270_000, 111_270_000, 0),
        total(Scope::Urban, 1000, 177_270_000, 111_270_000, 30 * M),
        total(Scope::Urban, 1200, 177_270_000, 111_270_000, 61 * M),
        total(Scope::Village, 1000, 66 * M, 0, 0),
    ]
}

fn figures() -> Vec<SiteFigures> {
    let known = SiteFigures {
        elderly_60_reach: Some(Count::whole(81)),
        elderly_60_new: Some(Count(50_500_000)),
        elderly_60_served: Some(Count(30_500_000)),
        households_new: Some(Count::whole(60)),
        old_500_households_new: None,
        reach_gap_closed: Some(12.345),
        redundancy: Some(30.5 / 81.0),
        outside_share: Some(0.0),
    };
    vec![known, SiteFigures::default()]
}

fn criterion(name: &str, label: [&str; 2], declared: bool, one: f64, unit: &str) -> Criterion {
    Criterion {
        name: name.into(),
        label: label.map(str::to_owned),
        declared,
        fact: name.into(),
        set: String::new(),
        measure: Condition::parse("1.0", Yields::Number).unwrap(),
        zero: 0.0,
        one,
        weight: 1.0,
        clauses: vec!["S001-08".into(), "S001-47".into()],
        unit: unit.into(),
    }
}

fn pack(id: &str, document: &str) -> Pack {
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
    Pack {
        id: id.into(),
        document: document.into(),
        title: String::new(),
        valid_from: None,
        valid_to: None,
        superseded_by: None,
        rules: vec![
            rule("S001-14", "四(二)", "项目建筑面积原则上在 500-2000 平米之间", Hardness::Soft, Stage::Siting),
            rule("S001-11", "三(三)", "要有\"明确\"的产权,无纠纷", Hardness::Firm, Stage::Declaration),
        ],
        criteria: vec![
            criterion("new_elderly", ["新增老人", "Newly reached"], false, 3000.0, "人"),
            criterion("enthusiasm", ["积极性", "Enthusiasm"], true, 100.0, ""),
        ],
        counts_as: Vec::new(),
        sha256: String::new(),
    }
}

fn ranked(candidate: u32, rank: Option<u32>, eligibility: Eligibility, score: Option<u32>) -> Ranked {
    Ranked {
        candidate,
        rank,
        eligibility,
        score: score.map(Score),
        score_declared: None,
        criteria: vec![
            CriterionScore { criterion: 0, raw: Some(50.5), value: Some(50.5 / 3000.0), weight: 1.0 },
            CriterionScore { criterion: 1, raw: None, value: None, weight: 0.0 },
        ],
        missing: vec!["enthusiasm".into(), "community.occupied_households".into()],
        top_n_share: Some(0.3335),
        old_500_host: Some(false),
        host_elderly_60: None,
    }
}

fn verdict(subject: u32, rule: u32, outcome: Outcome) -> Verdict {
    Verdict {
        subject_kind: "candidate",
        subject,
        rule,
        outcome,
        value: None,
        threshold: None,
        missing: Vec::new(),
        due: None,
        override_reason: None,
    }
}

fn first_pack() -> PackFindings {
    let conditional = Eligibility::Conditional(vec!["enthusiasm".into()]);
    let mut second = ranked(1, None, Eligibility::Ineligible(vec!["S001-11".into()]), None);
    second.criteria.clear();
    second.missing.clear();
    second.top_n_share = None;
    second.old_500_host = None;
    PackFindings {
        others: Vec::new(),
        pack: pack("shanxi-2023", "晋民发〔2023〕7号"),
        ranking: vec![ranked(0, Some(1), conditional, Some(671_234)), second],
        verdicts: vec![
            Verdict { value: Some("480".into()), threshold: Some("500..2000".into()), ..verdict(0, 0, Outcome::Warn) },
            Verdict { missing: vec!["no_dispute".into(), "county.county_type".into()], ..verdict(0, 1, Outcome::Unknown) },
            Verdict { due: Some(jiff::civil::date(2023, 4, 30)), ..verdict(1, 0, Outcome::NotDue) },
            Verdict { override_reason: Some("-书面说明".into()), ..verdict(1, 1, Outcome::Overridden) },
        ],
    }
}

fn second_pack() -> PackFindings {
    PackFindings {
        others: Vec::new(),
        pack: pack("own/pack", "自编"),
        ranking: vec![ranked(1, Some(1), Eligibility::Eligible, Some(500_000)), ranked(0, Some(2), Eligibility::Eligible, Some(5))],
        verdicts: vec![verdict(0, 1, Outcome::Pass), Verdict { subject_kind: "plan", ..verdict(0, 0, Outcome::Info) }],
    }
}
