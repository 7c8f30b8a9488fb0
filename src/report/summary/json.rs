//! The summaries for programs: what `--format json` prints, `schema` first, numbers with the digits of the tables.

use serde::Serialize;
use serde_json::Value as Json;

use super::{FURTHER, Tally, WORST, uncovered_rows, unknown_criteria};
use crate::city::unit::UnitLevel;
use crate::coverage::{Level, Total};
use crate::report::by_unit;
use crate::report::headline::Headline;
use crate::report::table::stamp;
use crate::report::value::Value;
use crate::score::Ranked;
use crate::study::{Findings, PackFindings};

#[derive(Serialize)]
struct Cover<'a> {
    schema: u32,
    command: &'static str,
    title: &'a str,
    scope: &'static str,
    group: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp: Option<String>,
    communities: usize,
    administrative: Administrative,
    walking: Option<Walking>,
    speeds: Vec<Walking>,
    villages: Option<Walking>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flip: Vec<Flip>,
    status: Status,
    uncovered: Vec<Uncovered<'a>>,
    problems: Problems,
}

#[derive(Serialize)]
struct Administrative {
    own: usize,
    shared: usize,
    none: usize,
    unknown: usize,
    share: Json,
}

#[derive(Serialize)]
struct Walking {
    speed_mm_s: u32,
    limit_ms: u64,
    people: Json,
    known: Json,
    covered: Json,
    share: Json,
    unknown: Json,
}

#[derive(Serialize)]
struct Flip {
    within_minutes: u32,
    people_just_in: Json,
    people_just_out: Json,
}

#[derive(Serialize)]
struct Status {
    covered: usize,
    partial: usize,
    uncovered: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct Uncovered<'a> {
    code: &'a str,
    name: &'a str,
    uncovered: Json,
    minutes: Json,
    status: &'static str,
    administrative: &'static str,
}

#[derive(Serialize)]
struct Problems {
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Rank<'a> {
    schema: u32,
    command: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp: Option<String>,
    packs: Vec<Pack<'a>>,
    problems: Problems,
}

#[derive(Serialize)]
struct Pack<'a> {
    pack: &'a str,
    document: &'a str,
    eligible: usize,
    conditional: usize,
    ineligible: usize,
    top: Vec<Site<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    units: Option<Vec<Unit<'a>>>,
}

/// One county or city of `rank --by`; `code` and `name` are null where nobody knows it.
#[derive(Serialize)]
struct Unit<'a> {
    level: &'static str,
    code: Option<String>,
    name: Option<String>,
    eligible: usize,
    conditional: usize,
    ineligible: usize,
    top: Vec<Site<'a>>,
}

#[derive(Serialize)]
struct Site<'a> {
    rank: Option<u32>,
    id: &'a str,
    name: &'a str,
    eligibility: &'static str,
    score: Json,
    score_declared: Json,
    elderly_60_new: Json,
    unknown_criteria: usize,
    missing: &'a [String],
}

/// The summary of `cover`.
pub fn cover(findings: &Findings) -> String {
    let headline = Headline::of(findings);
    let (administrative, status) = (headline.administrative, headline.statuses);
    let uncovered = headline.group.into_iter().flat_map(|group| uncovered_rows(findings, group)).take(WORST);
    text(&Cover {
        schema: 1,
        command: "cover",
        title: &findings.settings.title,
        scope: headline.scope.key(),
        group: headline.group.map(|g| g.name()),
        stamp: stamp(findings),
        communities: headline.communities(),
        administrative: Administrative {
            own: administrative.own,
            shared: administrative.shared,
            none: administrative.none,
            unknown: administrative.unknown,
            share: number(Value::of(administrative.share(), Value::Share)),
        },
        walking: headline.walking.map(walking),
        speeds: headline.speeds.iter().map(|t| walking(t)).collect(),
        villages: headline.villages.map(walking),
        flip: (findings.coverage.flip.iter().filter(|f| f.level == Level::All && Some(f.group) == headline.group))
            .map(|f| Flip {
                within_minutes: f.minutes,
                people_just_in: number(Value::People(f.just_in)),
                people_just_out: number(Value::People(f.just_out)),
            })
            .collect(),
        status: Status { covered: status.covered, partial: status.partial, uncovered: status.uncovered, unknown: status.unknown },
        uncovered: uncovered
            .map(|(row, people)| {
                let community = &findings.city.communities[row.community as usize];
                Uncovered {
                    code: &community.code,
                    name: &community.name,
                    uncovered: number(Value::People(people)),
                    minutes: number(Value::of(row.minutes, Value::Minutes)),
                    status: row.status.key(),
                    administrative: row.administrative.key(),
                }
            })
            .collect(),
        problems: problems(findings),
    })
}

/// The summary of `rank`; with a level, every city or county of each pack beside.
pub fn rank<'a>(findings: &'a Findings, by: Option<UnitLevel>) -> String {
    let units = by.map(|level| (level, by_unit::units(findings, level)));
    let packs = findings.packs.iter().enumerate().map(|(index, found)| {
        let tally = Tally::of(&found.ranking);
        let most = if index == 0 { findings.settings.top } else { FURTHER };
        let site = |ranked| site(findings, found, ranked);
        let units = units.as_ref().map(|(level, units)| {
            let unit = |group: by_unit::Group<'a>| {
                let tally = Tally::of(group.lines.iter().map(|(_, r)| *r));
                Unit {
                    level: level.key(),
                    code: group.unit.as_ref().map(|u| u.code.clone()),
                    name: group.unit.as_ref().map(|u| u.name.clone()),
                    eligible: tally.eligible,
                    conditional: tally.conditional,
                    ineligible: tally.ineligible,
                    top: group
                        .lines
                        .iter()
                        .take(most)
                        .map(|(in_unit, r)| Site { rank: *in_unit, ..self::site(findings, found, r) })
                        .collect(),
                }
            };
            by_unit::groups(found, units).into_iter().map(unit).collect()
        });
        Pack {
            pack: &found.pack.id,
            document: &found.pack.document,
            eligible: tally.eligible,
            conditional: tally.conditional,
            ineligible: tally.ineligible,
            top: found.ranking.iter().take(most).map(site).collect(),
            units,
        }
    });
    text(&Rank {
        schema: 1,
        command: "rank",
        title: &findings.settings.title,
        stamp: stamp(findings),
        packs: packs.collect(),
        problems: problems(findings),
    })
}

fn site<'a>(findings: &'a Findings, found: &'a PackFindings, ranked: &'a Ranked) -> Site<'a> {
    let candidate = &findings.city.candidates[ranked.candidate as usize];
    let figures = findings.figures.get(ranked.candidate as usize);
    Site {
        rank: ranked.rank,
        id: &candidate.id,
        name: &candidate.name,
        eligibility: ranked.eligibility.key(),
        score: number(Value::of(ranked.score, Value::Score)),
        score_declared: number(Value::of(ranked.score_declared, Value::Score)),
        elderly_60_new: number(Value::of(figures.and_then(|f| f.elderly_60_new), Value::People)),
        unknown_criteria: unknown_criteria(found, ranked),
        missing: &ranked.missing,
    }
}

fn walking(total: &Total) -> Walking {
    Walking {
        speed_mm_s: total.speed.mm_per_s(),
        limit_ms: total.limit.0,
        people: number(Value::People(total.people)),
        known: number(Value::People(total.known)),
        covered: number(Value::People(total.covered)),
        share: number(Value::of(total.covered.share_of(total.known), Value::Share)),
        unknown: number(Value::People(total.unknown)),
    }
}

fn problems(findings: &Findings) -> Problems {
    let (errors, warnings) = findings.problems.tally();
    Problems { errors, warnings }
}

/// A number with the digits that the tables give it, or `null`.
fn number(value: Value<'_>) -> Json {
    let mut out = String::new();
    value.write_number(&mut out);
    serde_json::from_str(&out).unwrap_or(Json::Null)
}

fn text(summary: &impl Serialize) -> String {
    serde_json::to_string_pretty(summary).unwrap_or_default() + "\n"
}
