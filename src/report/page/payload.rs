//! Everything the page's scripts read, as one JSON text.

use serde::Serialize;

use super::judged::{Judged, packs};
use super::lines::{Layer, coarse, layer, strokes, write};
use super::number::Num;
use super::packed::Packed;
use super::people::{Dots, dots};
use super::places::{Candidates, Communities, Facilities, Tally, candidates, communities, facilities, tally};
use super::plane::{Plane, Spot};
use crate::city::CommunityKind;
use crate::coverage::{Level, Total};
use crate::problem::{Problem, Severity};
use crate::settings::Scope;
use crate::space::LonLat;
use crate::study::Findings;
use crate::words::{self, Lang};

/// Characters that streets may take.
const STREET_BUDGET: usize = 5_500_000;
/// Characters that the reached streets of all candidates may take.
const REACHED_BUDGET: usize = 2_500_000;
/// Decimetres of one step of a reached street: it is a thick line.
const REACHED_UNIT: i32 = 5;
/// Problems written out; the rest is counted.
const PROBLEMS: usize = 300;
/// Lines of totals written out.
const TOTALS: usize = 2_000;

/// One line of totals.
#[derive(Debug, Serialize)]
struct TotalLine<'a> {
    level: &'static str,
    code: &'a str,
    name: &'a str,
    scope: &'static str,
    group: &'static str,
    mm_s: u32,
    people: Num,
    known: Num,
    covered: Num,
    unknown: Num,
}

/// A line of the table of assumptions: every number that no document gives.
#[derive(Debug, Serialize)]
struct Assumption {
    /// Where it is changed: `walking.speed`.
    key: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
struct Shown {
    code: &'static str,
    error: bool,
    place: String,
    field: Option<String>,
    message: [String; 2],
    remedy: [String; 2],
}

/// The reached streets of each candidate.
#[derive(Debug, Default, Serialize)]
struct Reached {
    unit: i32,
    /// Minutes of each band.
    bands: Vec<Num>,
    /// By candidate: for each band how many strokes, then the strokes; empty if not written.
    text: Vec<String>,
    /// Candidates whose streets are known but were left out, last ranks first.
    left_out: usize,
}

#[derive(Debug, Serialize)]
struct Payload<'a> {
    schema: u32,
    careshed: &'static str,
    lang: &'static str,
    title: &'a str,
    as_of: Option<String>,
    stage: &'static str,
    policies: Vec<&'a str>,
    synthetic: bool,
    sources: Vec<Source<'a>>,
    origin: [Num; 2],
    on_streets: bool,
    limit_ms: u64,
    speed_mm_s: u32,
    /// Radius of the straight-line circle in decimetres, where no street is walked.
    straight_dm: Option<Num>,
    scope: &'static str,
    top: usize,
    group: Option<&'static str>,
    assumptions: Vec<Assumption>,
    urban: Tally,
    village: Tally,
    totals: Vec<TotalLine<'a>>,
    totals_left_out: usize,
    warnings: usize,
    errors: usize,
    problems: Vec<Shown>,
    communities: Communities,
    facilities: Facilities,
    candidates: Candidates,
    packs: Vec<Judged<'a>>,
    dots: Dots,
    streets: Layer,
    reached: Reached,
    words: Vec<(&'static str, &'static str, &'static str)>,
}

#[derive(Debug, Serialize)]
struct Source<'a> {
    table: &'static str,
    file: &'a str,
    source: Option<&'a str>,
    as_of: Option<String>,
}

/// The plane on which a study is drawn.
pub fn plane(findings: &Findings) -> Plane {
    let city = &findings.city;
    let corners = city.communities.iter().filter_map(|c| c.boundary.as_ref()).flat_map(|b| &b.0).flat_map(|p| p.exterior().coords());
    let points = corners
        .map(|c| LonLat::from(*c))
        .chain(city.communities.iter().filter_map(|c| c.place))
        .chain(city.facilities.iter().filter_map(|f| f.place))
        .chain(city.candidates.iter().filter_map(|c| c.place))
        .chain(findings.demand.places.iter().copied());
    Plane::around(points)
}

/// The payload as JSON that may stand inside a `script` element: no `<`, no line separators that older scripts trip over.
pub fn json(findings: &Findings, plane: &Plane, lang: Lang) -> String {
    let settings = &findings.settings;
    let tables = tables(findings);
    let (errors, warnings) = findings.problems.tally();
    let totals: Vec<&Total> = findings.coverage.totals.iter().filter(|t| t.limit == settings.limit && t.level != Level::Street).collect();
    let payload = Payload {
        schema: 1,
        careshed: env!("CARGO_PKG_VERSION"),
        lang: lang.code(),
        title: &settings.title,
        as_of: settings.as_of.map(|d| d.to_string()),
        stage: settings.stage.key(),
        policies: settings.policies.iter().map(String::as_str).collect(),
        synthetic: synthetic(findings),
        sources: tables,
        origin: [Num::new(plane.origin().lon, 6), Num::new(plane.origin().lat, 6)],
        on_streets: findings.on_streets,
        limit_ms: settings.limit.0,
        speed_mm_s: settings.speed.mm_per_s(),
        straight_dm: (!findings.on_streets && settings.detour > 0.0)
            .then(|| Num::new(settings.speed.reach(settings.limit).metres() * 10.0 / settings.detour, 0)),
        scope: if findings.city.communities.is_empty() { Scope::All.key() } else { settings.scope.key() },
        top: settings.top,
        group: findings.demand.leading_group().map(|g| g.name()),
        assumptions: assumptions(findings),
        urban: tally(findings, CommunityKind::Urban),
        village: tally(findings, CommunityKind::Village),
        totals_left_out: totals.len().saturating_sub(TOTALS),
        totals: totals.into_iter().take(TOTALS).map(total_line).collect(),
        warnings,
        errors,
        problems: findings.problems.sorted().into_iter().take(PROBLEMS).map(shown).collect(),
        communities: communities(findings, plane),
        facilities: facilities(findings, plane),
        candidates: candidates(findings, plane),
        packs: packs(findings),
        dots: dots(findings, plane),
        streets: streets(findings, plane),
        reached: reached(findings, plane),
        words: words::under("page."),
    };
    let text = serde_json::to_string(&payload).unwrap_or_else(|error| unreachable!("plain data always becomes JSON: {error}"));
    text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// Whether the study says of itself that it is made up.
pub fn synthetic(findings: &Findings) -> bool {
    let says = |text: &str| text.contains("合成") || text.contains("虚构") || text.to_ascii_lowercase().contains("synthetic");
    says(&findings.settings.title) || tables(findings).iter().any(|s| s.source.is_some_and(says))
}

fn tables(findings: &Findings) -> Vec<Source<'_>> {
    let inputs = &findings.settings.inputs;
    let tables = [
        ("communities", &inputs.communities),
        ("estates", &inputs.estates),
        ("counties", &inputs.counties),
        ("facilities", &inputs.facilities),
        ("candidates", &inputs.candidates),
        ("network", &inputs.network),
        ("demand", &inputs.demand),
    ];
    tables
        .into_iter()
        .flat_map(|(table, list)| list.iter().map(move |input| (table, input)))
        .map(|(table, input)| Source {
            table,
            file: &input.shown,
            source: input.source.as_deref(),
            as_of: input.as_of.map(|d| d.to_string()),
        })
        .collect()
}

fn assumptions(findings: &Findings) -> Vec<Assumption> {
    let s = &findings.settings;
    let mut list = vec![
        Assumption {
            key: "walking.speed",
            value: s.speed_rounded_from.clone().map_or_else(|| s.speed.to_string(), |w| format!("{w} → {}", s.speed)),
        },
        Assumption { key: "walking.limit", value: s.limit.to_string() },
        Assumption { key: "walking.snap", value: s.snap.to_string() },
    ];
    if findings.on_streets {
        list.push(Assumption { key: "network.min_component", value: s.min_component.to_string() });
    } else {
        list.push(Assumption { key: "walking.detour", value: s.detour.to_string() });
    }
    list.extend([
        Assumption { key: "demand.grid", value: s.grid.to_string() },
        Assumption { key: "coverage.covered", value: s.covered.to_string() },
        Assumption { key: "coverage.uncovered", value: s.uncovered.to_string() },
        Assumption { key: "coverage.scope", value: s.scope.key().to_owned() },
        Assumption { key: "score.top", value: s.top.to_string() },
        Assumption { key: "score.accept_proxy", value: s.accept_proxy.to_string() },
    ]);
    if !s.weights.is_empty() {
        let weights: Vec<String> = s.weights.iter().map(|(k, w)| format!("{k} = {w}")).collect();
        list.push(Assumption { key: "score.weights", value: weights.join(", ") });
    }
    list
}

fn total_line(t: &Total) -> TotalLine<'_> {
    TotalLine {
        level: t.level.key(),
        code: &t.code,
        name: &t.name,
        scope: t.scope.key(),
        group: t.group.name(),
        mm_s: t.speed.mm_per_s(),
        people: t.people.into(),
        known: t.known.into(),
        covered: t.covered.into(),
        unknown: t.unknown.into(),
    }
}

/// A problem for the page. What was written in the field of a person is not repeated.
fn shown(problem: &Problem) -> Shown {
    let mut problem = problem.clone();
    if matches!(problem.field.as_deref(), Some("operator_person" | "operator_phone" | "responsible_person")) {
        problem.value = problem.value.map(|_| "•••".to_owned());
        problem.with.iter_mut().for_each(|(_, value)| "•••".clone_into(value));
    }
    let origin = &problem.origin;
    let mut place: Vec<String> = [&origin.file, &origin.layer].into_iter().flatten().map(|t| t.to_string()).collect();
    place.extend(origin.row.map(|row| format!("#{row}")));
    place.extend(origin.feature.map(|feature| format!("[{feature}]")));
    Shown {
        code: problem.code.text(),
        error: problem.code.severity() == Severity::Error,
        place: place.join(" "),
        field: problem.field.clone(),
        message: [problem.message(Lang::Zh), problem.message(Lang::En)],
        remedy: [problem.remedy(Lang::Zh), problem.remedy(Lang::En)],
    }
}

/// Streets by class, neighbours near each other in the text so that steps stay short.
fn streets(findings: &Findings, plane: &Plane) -> Layer {
    let mut lines: Vec<(u8, Vec<Spot>)> =
        findings.streets.iter().map(|s| (s.class, s.line.iter().map(|p| plane.spot(*p)).collect())).collect();
    // Rows of 500 m, then west to east: good enough for short steps, and strokes begin near each other.
    lines.sort_by_key(|(class, line)| (*class, line.first().map(|[x, y]| (y.div_euclid(5000), *x, *y))));
    layer(&lines, 4, STREET_BUDGET)
}

/// Reached streets in the order of rank until the budget is used up.
fn reached(findings: &Findings, plane: &Plane) -> Reached {
    let n = findings.city.candidates.len();
    let mut out = Reached {
        unit: REACHED_UNIT,
        bands: findings.settings.bands.iter().map(|b| Num::new(b.minutes(), 2)).collect(),
        text: vec![String::new(); n],
        left_out: 0,
    };
    let mut order: Vec<usize> = findings.packs.first().map_or_else(Vec::new, |p| p.ranking.iter().map(|r| r.candidate as usize).collect());
    let mut listed = vec![false; n];
    order.retain(|c| *c < n && !std::mem::replace(&mut listed[*c], true));
    order.extend((0..n).filter(|c| !listed[*c]));
    let bands = out.bands.len().max(1);
    let mut used = 0;
    for candidate in order {
        let Some(pieces) = findings.reached.get(candidate).filter(|p| !p.is_empty()) else { continue };
        let (mut packed, mut last) = (Packed::default(), [0, 0]);
        for band in 0..bands {
            let lines: Vec<Vec<Spot>> = pieces
                .iter()
                .filter(|p| usize::from(p.band).min(bands - 1) == band)
                .map(|p| {
                    let mut line: Vec<Spot> = p.line.iter().map(|c| coarse(plane.spot(*c), REACHED_UNIT)).collect();
                    line.dedup();
                    if line.len() < 2 { Vec::new() } else { line }
                })
                .collect();
            let drawn = strokes(&lines);
            packed.push(drawn.len() as u64);
            write(&drawn, &mut last, &mut packed);
        }
        if used + packed.len() > REACHED_BUDGET {
            out.left_out += 1;
            continue;
        }
        used += packed.len();
        out.text[candidate] = packed.finish();
    }
    out
}
