//! Everything the page's scripts read, as one JSON text.

use std::io;

use serde::Serialize;

use super::chosen::chosen;
use super::circles::{Circles, circles};
use super::column::{self, Column};
use super::judged::{Judged, packs};
use super::lines::Layer;
use super::number::Num;
use super::people::{Dots, dots};
use super::places::{Candidates, Communities, Facilities, Tally, candidates, communities, facilities, tally};
use super::plane::Plane;
use super::planned::{self, Planned};
use super::streets::{Reached, reached, streets};
use crate::city::CommunityKind;
use crate::coverage::{Level, Total};
use crate::problem::{Problem, Severity};
use crate::settings::Scope;
use crate::space::LonLat;
use crate::study::Findings;
use crate::units::Count;
use crate::words::{self, Lang};

/// Problems written out; the rest is counted.
const PROBLEMS: usize = 300;
/// Lines of totals written out.
const TOTALS: usize = 3_000;

/// The lines of totals that the page shows: every speed for the whole study, the study's own for the rest.
#[derive(Debug, Serialize)]
struct Totals {
    n: usize,
    left_out: usize,
    level: Column,
    code: Column,
    name: Column,
    scope: Column,
    group: Column,
    mm_s: Column,
    people: Column,
    known: Column,
    covered: Column,
    unknown: Column,
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
    totals: Totals,
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
    circles: Circles,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<planned::Plan>,
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

/// Writes the payload as JSON that may stand inside a `script` element.
pub fn write(findings: &Findings, planned: Option<&Planned<'_>>, plane: &Plane, lang: Lang, out: impl io::Write) -> io::Result<()> {
    let settings = &findings.settings;
    let (errors, warnings) = findings.problems.tally();
    let of_plan: Vec<u32> = planned.map_or_else(Vec::new, |planned| planned.candidates().collect());
    let newly = planned.filter(|planned| planned.found()).map(|planned| &planned.after.newly[..]);
    let chosen = chosen(findings, &of_plan);
    // The heavy parts side by side: each is a calculation of its own.
    let ((communities, packs), streets) =
        rayon::join(|| rayon::join(|| communities(findings, plane), || packs(findings, &chosen)), || streets(findings, plane));
    let ((dots, reached), circles) = rayon::join(
        || rayon::join(|| dots(findings, plane, newly), || reached(findings, plane, &chosen)),
        || circles(findings, plane, &chosen),
    );
    let payload = Payload {
        schema: 1,
        careshed: env!("CARGO_PKG_VERSION"),
        lang: lang.code(),
        title: &settings.title,
        as_of: settings.as_of.map(|d| d.to_string()),
        stage: settings.stage.key(),
        policies: settings.policies.iter().map(String::as_str).collect(),
        synthetic: synthetic(findings),
        sources: tables(findings),
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
        totals: totals(findings),
        warnings,
        errors,
        problems: findings.problems.sorted().into_iter().take(PROBLEMS).map(shown).collect(),
        communities,
        facilities: facilities(findings, plane),
        candidates: candidates(findings, plane, &chosen),
        packs,
        dots,
        streets,
        reached,
        circles,
        plan: planned.map(|planned| planned::plan(findings, planned, &chosen)),
        // What only a plan needs to say is on no other page.
        words: words::under("page.").into_iter().filter(|(key, ..)| planned.is_some() || !key.starts_with("plan.")).collect(),
    };
    payload.serialize(&mut serde_json::Serializer::with_formatter(out, InScript)).map_err(io::Error::from)
}

/// JSON without `<` and without line separators that older scripts trip over; both occur in strings only.
struct InScript;

impl serde_json::ser::Formatter for InScript {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '\u{2028}', '\u{2029}']) {
            let (plain, from) = rest.split_at(at);
            let mut chars = from.chars();
            let escape = chars.next().map_or(0, u32::from);
            write!(out, "{plain}\\u{escape:04x}")?;
            rest = chars.as_str();
        }
        out.write_all(rest.as_bytes())
    }
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

fn totals(findings: &Findings) -> Totals {
    let settings = &findings.settings;
    let shown = |t: &&Total| t.limit == settings.limit && t.level != Level::Street && (t.level == Level::All || t.speed == settings.speed);
    let list: Vec<&Total> = findings.coverage.totals.iter().filter(shown).collect();
    let left_out = list.len().saturating_sub(TOTALS);
    let list = &list[..list.len() - left_out];
    let count = |value: fn(&Total) -> Count| column::numbers(list.iter().map(|t| Some(value(t).into())));
    Totals {
        n: list.len(),
        left_out,
        level: column::keys(list.iter().map(|t| Some(t.level.key()))),
        code: column::texts(list.iter().map(|t| Some(t.code.as_str()))),
        name: column::texts(list.iter().map(|t| Some(t.name.as_str()))),
        scope: column::keys(list.iter().map(|t| Some(t.scope.key()))),
        group: column::keys(list.iter().map(|t| Some(t.group.name()))),
        mm_s: column::whole(list.iter().map(|t| Some(t.speed.mm_per_s()))),
        people: count(|t| t.people),
        known: count(|t| t.known),
        covered: count(|t| t.covered),
        unknown: count(|t| t.unknown),
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
