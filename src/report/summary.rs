//! The short table that a command prints at its end, for people ([`cover`], [`rank`]) or for programs ([`json`]).

pub mod circles;
pub mod grid;
pub mod json;

use std::fmt::Write;

use super::by_unit;
use super::communities::group_label;
use super::headline::Headline;
use super::table::{percent, stamp};
use super::value::{Value, write_half_up};
use crate::city::Group;
use crate::city::unit::UnitLevel;
use crate::coverage::{Level, Total};
use crate::score::{Eligibility, Ranked};
use crate::study::{Findings, PackFindings};
use crate::units::Count;
use crate::words::{Lang, say};
use grid::{Align, Grid, plain};

/// What the last line, the next command to try, is made of.
#[derive(Debug, Clone, Copy)]
pub struct Next<'a> {
    /// The study as the user named it.
    pub study: &'a str,
    /// The output folder, or one to propose.
    pub out: &'a str,
}

/// How many communities the summary names.
const WORST: usize = 10;
/// How many candidates of each pack after the first.
const FURTHER: usize = 5;

/// The end of `cover`.
pub fn cover(findings: &Findings, lang: Lang, next: Next<'_>) -> String {
    let headline = Headline::of(findings);
    let mut out = title(findings, lang, "summary.cover.title");
    out += &denominator(&headline, lang);
    out += &two_numbers(findings, &headline, lang);
    out += &speeds(findings, &headline, lang);
    out += &flips(findings, lang);
    out += &worst(findings, &headline, lang);
    out += &closing(findings, lang, None);
    let (errors, warnings) = findings.problems.tally();
    let key = match () {
        () if findings.city.given.candidates && !findings.packs.is_empty() => "summary.next.cover",
        () if errors + warnings > 0 => "summary.next.check",
        () => return out,
    };
    out + &next_line(lang, key, &[("study", &shell(next.study)), ("out", &shell(next.out))])
}

/// The end of `rank`; with a level, every city or county on its own.
pub fn rank(findings: &Findings, by: Option<UnitLevel>, lang: Lang, next: Next<'_>) -> String {
    let mut out = title(findings, lang, "summary.rank.title");
    if findings.packs.is_empty() {
        return out + &say(lang, "summary.pack.none", &[]) + "\n";
    }
    let units = by.map(|level| (level, by_unit::units(findings, level)));
    for (index, pack) in findings.packs.iter().enumerate() {
        let most = if index == 0 { findings.settings.top } else { FURTHER };
        out += &pack_line(pack, lang);
        out += &match &units {
            None => lines(findings, pack, pack.ranking.iter().take(most).map(|r| (r.rank, r)), lang) + "\n",
            Some((level, units)) => in_units(findings, pack, *level, units, most, lang),
        };
    }
    if findings.packs.iter().flat_map(|p| p.ranking.iter().map(|r| unknown_criteria(p, r))).any(|n| n > 0) {
        out += &(say(lang, "summary.unknown_criteria.note", &[]) + "\n\n");
    }
    let first = &findings.packs[0];
    out += &closing(findings, lang, Some(first));
    match first.ranking.first() {
        Some(best) => {
            let id = shell(&findings.city.candidates[best.candidate as usize].id);
            out + &next_line(lang, "summary.next.rank", &[("study", &shell(next.study)), ("id", &id)])
        }
        None => out,
    }
}

fn title(findings: &Findings, lang: Lang, key: &str) -> String {
    let mut out = say(lang, key, &[("title", &plain(&findings.settings.title))]) + "\n";
    if let Some(stamp) = stamp(findings) {
        out += &format!("{stamp}\n");
    }
    out + "\n"
}

/// `城镇社区：48 个，60岁及以上共 27841`
fn denominator(headline: &Headline<'_>, lang: Lang) -> String {
    let scope = say(lang, &format!("summary.scope.{}", headline.scope.key()), &[]);
    let group = headline.group.map_or_else(String::new, |g| group_label(g, lang));
    let people = headline.walking.map_or_else(|| "-".to_owned(), |t| whole(t.people));
    let n = headline.communities();
    let key = if n > 0 { "summary.headline.communities" } else { "summary.headline.all" };
    say(lang, key, &[("scope", &scope), ("n", &n.to_string()), ("group", &group), ("people", &people)]) + "\n"
}

fn two_numbers(findings: &Findings, headline: &Headline<'_>, lang: Lang) -> String {
    let mut grid = Grid::new(&[Align::Left, Align::Right, Align::Left]);
    let administrative = headline.administrative;
    if headline.communities() > 0 {
        let text = say(
            lang,
            "summary.administrative.text",
            &[
                ("with", &(administrative.own + administrative.shared).to_string()),
                ("known", &administrative.known().to_string()),
                ("own", &administrative.own.to_string()),
                ("shared", &administrative.shared.to_string()),
                ("unknown", &administrative.unknown.to_string()),
            ],
        );
        grid.row([say(lang, "summary.administrative", &[]), share(administrative.share()), text]);
    }
    if let Some(total) = headline.walking {
        grid.row([say(lang, "summary.walking", &[]), share(total.covered.share_of(total.known)), walking_text(total, lang)]);
    }
    if headline.communities() > 0 {
        let s = headline.statuses;
        let [covered, partial, uncovered, unknown] = [s.covered, s.partial, s.uncovered, s.unknown].map(|n| n.to_string());
        let with = [("covered", covered.as_str()), ("partial", &partial), ("uncovered", &uncovered), ("unknown", &unknown)];
        grid.row([say(lang, "summary.statuses.label", &[]), String::new(), say(lang, "summary.statuses", &with)]);
    }
    if let Some(total) = headline.villages {
        grid.row([say(lang, "summary.villages", &[]), share(total.covered.share_of(total.known)), walking_text(total, lang)]);
    }
    let (counting, all) = (findings.coverage.counting.len().to_string(), findings.city.facilities.len().to_string());
    grid.lines("  ") + "  " + &say(lang, "summary.facilities", &[("counting", &counting), ("all", &all)]) + "\n\n"
}

fn walking_text(total: &Total, lang: Lang) -> String {
    say(
        lang,
        "summary.walking.text",
        &[
            ("covered", &whole(total.covered)),
            ("known", &whole(total.known)),
            ("limit", &total.limit.to_string()),
            ("speed", &total.speed.to_string()),
            ("unknown", &whole(total.unknown)),
        ],
    )
}

/// The same headline at each speed; the study's own has a star.
fn speeds(findings: &Findings, headline: &Headline<'_>, lang: Lang) -> String {
    if headline.speeds.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(&[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right]);
    grid.heading(["speed", "covered", "known", "unknown", "share"].map(|c| say(lang, &format!("summary.col.{c}"), &[])));
    for total in &headline.speeds {
        let star = if total.speed == findings.settings.speed { " *" } else { "" };
        let share = share(total.covered.share_of(total.known));
        grid.row([format!("{}{star}", total.speed), whole(total.covered), whole(total.known), whole(total.unknown), share]);
    }
    grid.lines("") + "\n"
}

/// `离 15 min 时限 2 分钟以内：圈内 12，圈外 30（60岁及以上，全部人口）`
fn flips(findings: &Findings, lang: Lang) -> String {
    let (Some(minutes), Some(group)) = (findings.settings.within, findings.demand.leading_group()) else { return String::new() };
    let of_all = findings.coverage.flip.iter().find(|f| f.level == Level::All && f.group == group && f.minutes == minutes);
    let Some(flip) = of_all else { return String::new() };
    let with = [
        ("limit", findings.settings.limit.to_string()),
        ("minutes", minutes.to_string()),
        ("in", whole(flip.just_in)),
        ("out", whole(flip.just_out)),
        ("group", group_label(group, lang)),
    ];
    say(lang, "summary.flip", &with.each_ref().map(|(k, v)| (*k, v.as_str()))) + "\n\n"
}

/// Communities with most people uncovered: the table is in this order already.
fn worst(findings: &Findings, headline: &Headline<'_>, lang: Lang) -> String {
    let Some(group) = headline.group else { return String::new() };
    if findings.coverage.communities.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(&[Align::Left, Align::Left, Align::Right, Align::Right, Align::Left, Align::Left]);
    grid.heading(
        ["community", "street", "uncovered", "minutes", "status", "administrative"].map(|c| say(lang, &format!("summary.col.{c}"), &[])),
    );
    let mut any = false;
    for (row, uncovered) in uncovered_rows(findings, group).take(WORST) {
        any = true;
        let community = &findings.city.communities[row.community as usize];
        let mut minutes = String::new();
        row.minutes.filter(|m| write_half_up(*m, 1, &mut minutes)).is_none().then(|| minutes.push('-'));
        grid.row([
            plain(&community.name),
            plain(community.street.as_deref().unwrap_or("")),
            whole(uncovered),
            minutes,
            say(lang, &format!("summary.status.{}", row.status.key()), &[]),
            say(lang, &format!("summary.administrative.{}", row.administrative.key()), &[]),
        ]);
    }
    let label = group_label(group, lang);
    if any {
        say(lang, "summary.worst", &[("group", &label)]) + "\n" + &grid.lines("") + "\n"
    } else {
        say(lang, "summary.worst.none", &[]) + "\n\n"
    }
}

/// Rows of communities with known people out of reach, and how many, in the order of the table.
fn uncovered_rows(findings: &Findings, group: Group) -> impl Iterator<Item = (&crate::coverage::CommunityCover, Count)> {
    findings.coverage.communities.iter().filter_map(move |row| {
        let found = row.groups.iter().find(|g| g.group == group)?;
        let uncovered = found.known().minus(found.covered);
        (uncovered > Count::ZERO).then_some((row, uncovered))
    })
}

/// `shanxi-2023（晋民发〔2023〕7号）：符合 3 · 待补信息 1 · 不符合 2`
fn pack_line(pack: &PackFindings, lang: Lang) -> String {
    let [eligible, conditional, ineligible] = Tally::of(&pack.ranking).texts();
    let with = [("eligible", eligible.as_str()), ("conditional", &conditional), ("ineligible", &ineligible)];
    let names = [("pack", plain(&pack.pack.id)), ("document", plain(&pack.pack.document))];
    let with: Vec<(&str, &str)> = names.iter().map(|(k, v)| (*k, v.as_str())).chain(with).collect();
    say(lang, "summary.pack", &with) + "\n"
}

/// Unit by unit: a line on the unit, then its first candidates with their rank in it.
fn in_units(
    findings: &Findings,
    pack: &PackFindings,
    level: UnitLevel,
    units: &[Option<crate::city::unit::Unit>],
    most: usize,
    lang: Lang,
) -> String {
    let mut out = say(lang, &format!("by_unit.title.{}", level.key()), &[]) + "\n\n";
    for group in by_unit::groups(pack, units) {
        let [eligible, conditional, ineligible] = Tally::of(group.lines.iter().map(|(_, r)| *r)).texts();
        let name = plain(&group.name(level, lang));
        let code = if group.code() == name { String::new() } else { plain(group.code()) };
        let with =
            [("unit", name.as_str()), ("code", &code), ("eligible", &eligible), ("conditional", &conditional), ("ineligible", &ineligible)];
        out += &(say(lang, "by_unit.unit", &with).replace(" :", ":").replace(" ：", "：") + "\n");
        out += &lines(findings, pack, group.lines.iter().take(most).copied(), lang);
        if let Some(more) = group.lines.len().checked_sub(most).filter(|n| *n > 0) {
            out += &(say(lang, "by_unit.more", &[("n", &more.to_string())]) + "\n");
        }
        out.push('\n');
    }
    out
}

/// How many computed criteria of the score are unknown: such a score does not compare with a complete one.
fn unknown_criteria(pack: &PackFindings, ranked: &Ranked) -> usize {
    let computed = |c: &&crate::score::CriterionScore| pack.pack.criteria.get(c.criterion as usize).is_some_and(|c| !c.declared);
    ranked.criteria.iter().filter(computed).filter(|c| c.raw.is_none()).count()
}

fn lines<'r>(findings: &Findings, pack: &PackFindings, ranking: impl Iterator<Item = (Option<u32>, &'r Ranked)>, lang: Lang) -> String {
    let mut grid = Grid::new(&[Align::Right, Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Left]);
    let heads = ["rank", "candidate", "name", "eligibility", "score", "declared", "new", "missing"];
    grid.heading(heads.map(|c| say(lang, &format!("summary.col.{c}"), &[])));
    for (rank, ranked) in ranking {
        let candidate = &findings.city.candidates[ranked.candidate as usize];
        let new = findings.figures.get(ranked.candidate as usize).and_then(|f| f.elderly_60_new);
        let unknown = unknown_criteria(pack, ranked);
        let mark = (unknown > 0).then(|| say(lang, "summary.unknown_criteria", &[("n", &unknown.to_string())]));
        let on = match &ranked.eligibility {
            Eligibility::Eligible => None,
            Eligibility::Conditional(names) | Eligibility::Ineligible(names) => Some(plain(&names.join("; "))),
        };
        grid.row([
            rank.map_or_else(|| "-".to_owned(), |r| r.to_string()),
            plain(&candidate.id),
            plain(&candidate.name),
            say(lang, &format!("summary.eligibility.{}", ranked.eligibility.key()), &[]),
            number(Value::of(ranked.score, Value::Score)),
            number(Value::of(ranked.score_declared, Value::Score)),
            new.map_or_else(|| "-".to_owned(), whole),
            mark.into_iter().chain(on).collect::<Vec<_>>().join(lang.pick("；", "; ")),
        ]);
    }
    grid.lines("")
}

/// How many candidates stand how under a pack.
#[derive(Debug, Default)]
struct Tally {
    eligible: usize,
    conditional: usize,
    ineligible: usize,
}

impl Tally {
    fn of<'r>(ranking: impl IntoIterator<Item = &'r Ranked>) -> Self {
        let mut tally = Tally::default();
        for ranked in ranking {
            *match ranked.eligibility {
                Eligibility::Eligible => &mut tally.eligible,
                Eligibility::Conditional(_) => &mut tally.conditional,
                Eligibility::Ineligible(_) => &mut tally.ineligible,
            } += 1;
        }
        tally
    }

    fn texts(&self) -> [String; 3] {
        [self.eligible, self.conditional, self.ineligible].map(|n| n.to_string())
    }
}

/// Assumptions and problems: what a reader must know before quoting a number.
fn closing(findings: &Findings, lang: Lang, ranked_by: Option<&PackFindings>) -> String {
    let settings = &findings.settings;
    let distance = settings.speed.reach(settings.limit).to_string();
    let with = [("speed", settings.speed.to_string()), ("limit", settings.limit.to_string()), ("distance", distance)];
    let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut lines = vec![say(lang, if findings.on_streets { "table.walking.streets" } else { "table.walking.straight" }, &with)];
    if let Some(written) = &settings.speed_rounded_from {
        lines.push(say(lang, "summary.assumptions.rounded", &[("written", written)]));
    }
    if findings.on_streets {
        lines.push(say(lang, "summary.assumptions.snap", &[("snap", &settings.snap.to_string())]));
    }
    let (covered, uncovered) = (percent(settings.covered), percent(settings.uncovered));
    lines.push(say(lang, "summary.assumptions.limits", &[("covered", &covered), ("uncovered", &uncovered)]));
    if let Some(pack) = ranked_by {
        let weights: Vec<String> = pack.pack.criteria.iter().map(|c| format!("{} {}", c.name, c.weight)).collect();
        lines.push(say(lang, "summary.assumptions.weights", &[("weights", &plain_long(&weights.join(", ")))]));
    }
    let mut out = say(lang, "summary.assumptions", &[]) + "\n";
    for line in lines {
        _ = writeln!(out, "  {line}");
    }
    let (errors, warnings) = findings.problems.tally();
    if errors + warnings > 0 {
        let (errors, warnings) = (errors.to_string(), warnings.to_string());
        _ = writeln!(out, "{}", say(lang, "summary.problems", &[("errors", &errors), ("warnings", &warnings)]));
    }
    out
}

fn next_line(lang: Lang, key: &str, with: &[(&str, &str)]) -> String {
    format!("{}{}{}\n", say(lang, "summary.next", &[]), lang.pick("：", ": "), say(lang, key, with))
}

/// A word for a shell: quoted when it holds a space.
fn shell(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if text.contains([' ', '　']) { format!("\"{text}\"") } else { text }
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), percent)
}

fn number(value: Value<'_>) -> String {
    let mut out = String::new();
    if value.write_number(&mut out) { out } else { "-".to_owned() }
}

/// People in whole heads, half up: the tables have the exact number.
fn whole(people: Count) -> String {
    ((people.0 + 500_000) / 1_000_000).to_string()
}

fn plain_long(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    const NEXT: Next<'_> = Next { study: "潞州区 一.toml", out: "成果" };

    #[test]
    fn cover_says_both_coverages_with_their_denominators() {
        let expected = r#"服务覆盖：潞州区 sample

城镇社区：2 个，60岁及以上共 177
  行政覆盖        100.0%  1 / 1 个社区有设施（本社区 0，共享 1），未知 1 个
  步行覆盖         27.0%  30 / 111 在 15 min 步行范围内（1.0 m/s），未知 66
  社区状态                已覆盖 0 · 部分 1 · 未覆盖 0 · 未知 1
  行政村（另列）       -  0 / 0 在 15 min 步行范围内（1.0 m/s），未知 66
  计入设施 2 / 2

步速       已覆盖  已知  未知  覆盖率
---------  ------  ----  ----  ------
0.8 m/s         0   111    66    0.0%
1.0 m/s *      30   111    66   27.0%
1.2 m/s        61   111    66   54.8%

未覆盖人数最多的社区（60岁及以上）
社区      街道      未覆盖  分钟  状态  行政覆盖
--------  --------  ------  ----  ----  --------
北街社区  东街街道      81  18.7  部分  共享

假设
  沿街步行 1.0 m/s，时限 15 min，即 900 m（含两端直线段，含边界）
  离路网 100 m 以内计入，更远为未知
  ≥ 95.0% 为已覆盖，≤ 5.0% 为未覆盖
输入问题：错误 0，提醒 1
下一步：careshed rank "潞州区 一.toml" --out 成果
"#;
        assert_eq!(cover(&sample::findings(), Lang::Zh, NEXT), expected);
    }

    #[test]
    fn rank_shows_each_pack_with_what_a_candidate_lacks() {
        let expected = r#"Ranking: 潞州区 sample

shanxi-2023 (晋民发〔2023〕7号): 0 eligible · 1 conditional · 1 ineligible
Rank  Candidate  Name             Eligibility    Score  Declared  New 60+  Lacks or fails
----  ---------  ---------------  -----------  -------  --------  -------  --------------
   1  C001       文化宫           conditional  67.1234         -       51  enthusiasm
   -  007        <r>旧厂"房"</r>  ineligible         -         -        -  S001-11

own/pack (自编): 2 eligible · 0 conditional · 0 ineligible
Rank  Candidate  Name             Eligibility    Score  Declared  New 60+  Lacks or fails
----  ---------  ---------------  -----------  -------  --------  -------  --------------
   1  007        <r>旧厂"房"</r>  eligible     50.0000         -        -
   2  C001       文化宫           eligible      0.0005         -       51

Assumptions
  on foot along streets at 1.0 m/s, limit 15 min, that is 900 m (straight legs at both ends counted, the limit itself within)
  within 100 m of a street; farther is unknown
  covered from 95.0%, uncovered up to 5.0%
  weights: new_elderly 1, enthusiasm 1 (ours; change with --weights)
Problems in the inputs: errors 0, warnings 1
Next: careshed rank "潞州区 一.toml" --explain C001
"#;
        assert_eq!(rank(&sample::findings(), None, Lang::En, NEXT), expected);
    }

    #[test]
    fn a_study_without_streets_or_communities_still_says_whom_it_speaks_of() {
        let mut findings = sample::straight();
        findings.city.communities.clear();
        findings.coverage.communities.clear();
        findings.coverage.totals.clear();
        let text = cover(&findings, Lang::En, NEXT);
        assert!(
            text.starts_with("Coverage: 潞州区 sample\nW-STRAIGHT 直线距离 straight line × 1.3\n\nEverybody; residents 60+: -\n"),
            "{text}"
        );
        assert!(text.contains("no street network: straight line times the detour factor"), "{text}");
    }

    #[test]
    fn every_word_of_a_summary_is_in_the_catalogue() {
        let findings = sample::findings();
        for lang in [Lang::Zh, Lang::En] {
            for text in [
                cover(&findings, lang, NEXT),
                rank(&findings, None, lang, NEXT),
                rank(&findings, Some(UnitLevel::City), lang, NEXT),
                cover(&sample::straight(), lang, NEXT),
            ] {
                assert!(!text.contains("summary.") && !text.contains("table.") && !text.contains('{'), "{text}");
            }
        }
    }

    #[test]
    fn programs_get_the_schema_first_and_the_digits_of_the_tables() {
        let findings = sample::findings();
        for text in [json::cover(&findings), json::rank(&findings, None)] {
            assert!(text.starts_with("{\n  \"schema\": 1,\n"), "{text}");
        }
        let cover: serde_json::Value = serde_json::from_str(&json::cover(&findings)).unwrap();
        assert_eq!(cover["walking"]["share"], 0.269614);
        assert_eq!(cover["walking"]["known"], 111.27);
        assert_eq!(cover["administrative"]["share"], 1.0);
        assert_eq!(cover["villages"]["share"], serde_json::Value::Null);
        assert_eq!(cover["uncovered"][0]["uncovered"], 81);
        let rank: serde_json::Value = serde_json::from_str(&json::rank(&findings, None)).unwrap();
        assert_eq!(rank["packs"][0]["top"][0]["score"], 67.1234);
        assert_eq!(rank["packs"][0]["top"][1]["rank"], serde_json::Value::Null);
        assert_eq!(rank["packs"][1]["eligible"], 2);
    }
}
