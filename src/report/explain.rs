//! `rank --explain ID`: one candidate as a page to read aloud, every figure beside the sentence of the document it answers to.
//!
//! Nothing is calculated here but what is said of the order: how far it is to the next rank and which criterion could still add most.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::city::City;
use crate::policy::facts::{FieldId, number};
use crate::policy::{Criterion, Hardness, Outcome, Pack, Rule, Verdict};
use crate::score::{CriterionScore, Eligibility, Ranked, Score, discriminate};
use crate::settings::Settings;
use crate::study::PackFindings;
use crate::words::{Lang, knows, say};

/// The page of one candidate (index into `city.candidates`) under one pack; `None` when the pack's ranking does not hold it.
pub fn text(found: &PackFindings, city: &City, settings: &Settings, on_streets: bool, candidate: u32, lang: Lang) -> Option<String> {
    let line = found.ranking.iter().find(|r| r.candidate == candidate)?;
    let page = Page { found, city, settings, on_streets, line, lang };
    let mut out = String::new();
    page.head(&mut out);
    page.criteria(&mut out, false);
    page.criteria(&mut out, true);
    page.verdicts(&mut out);
    page.missing(&mut out);
    page.what_it_takes(&mut out);
    page.assumptions(&mut out);
    Some(out)
}

struct Page<'a> {
    found: &'a PackFindings,
    city: &'a City,
    settings: &'a Settings,
    on_streets: bool,
    line: &'a Ranked,
    lang: Lang,
}

impl Page<'_> {
    fn pack(&self) -> &Pack {
        &self.found.pack
    }

    fn say(&self, key: &str, with: &[(&str, &str)]) -> String {
        say(self.lang, &format!("explain.{key}"), with)
    }

    fn heading(&self, out: &mut String, key: &str) {
        let _ = writeln!(out, "\n{}", self.say(key, &[]));
    }

    fn head(&self, out: &mut String) {
        let candidate = &self.city.candidates[self.line.candidate as usize];
        let name = if candidate.name.is_empty() { &candidate.id } else { &candidate.name };
        let _ = writeln!(out, "{}", self.say("title", &[("id", &candidate.id), ("name", name)]));
        let pack = self.pack();
        let _ = writeln!(out, "{}", self.say("pack", &[("pack", &pack.id), ("document", &pack.document), ("title", &pack.title)]));
        let ranked = self.found.ranking.iter().filter(|r| r.rank.is_some()).count().to_string();
        let score = self.score(self.line.score);
        let _ = match self.line.rank {
            Some(rank) => writeln!(out, "{}", self.say("rank", &[("rank", &rank.to_string()), ("of", &ranked), ("score", &score)])),
            None if self.line.score.is_some() => writeln!(out, "{}", self.say("no_rank", &[("score", &score)])),
            None => writeln!(out, "{}", self.say("no_rank_no_score", &[])),
        };
        let why = match &self.line.eligibility {
            Eligibility::Eligible => String::new(),
            Eligibility::Conditional(fields) => self.names(fields),
            Eligibility::Ineligible(rules) => rules.join(self.comma()),
        };
        let _ = writeln!(out, "{}", self.say(self.line.eligibility.key(), &[("why", &why)]));
        if let Some(share) = self.line.top_n_share {
            let with = [("share", number(share * 100.0)), ("top", self.settings.top.to_string())];
            let _ = writeln!(out, "{}", self.say("share", &[("share", &with[0].1), ("top", &with[1].1)]));
        }
    }

    fn criteria(&self, out: &mut String, declared: bool) {
        let lines: Vec<(&CriterionScore, &Criterion)> = self
            .line
            .criteria
            .iter()
            .map(|c| (c, &self.pack().criteria[c.criterion as usize]))
            .filter(|(_, criterion)| criterion.declared == declared)
            .collect();
        if lines.is_empty() {
            return;
        }
        self.heading(out, if declared { "declared" } else { "computed" });
        if declared && self.line.score_declared.is_some() {
            let _ = writeln!(out, "{}", self.say("declared_score", &[("score", &self.score(self.line.score_declared))]));
        }
        let flat = discriminate::flat(self.pack(), &self.found.ranking);
        let whole: f64 = lines.iter().map(|(c, _)| c.weight).sum();
        for (c, criterion) in lines {
            let label = self.lang.pick(&criterion.label[0], &criterion.label[1]);
            let unit = if criterion.unit.is_empty() { String::new() } else { format!(" {}", criterion.unit) };
            let anchors = [number(criterion.zero), number(criterion.one)];
            let _ = match (c.raw, c.value) {
                (Some(raw), Some(value)) => {
                    let points = if whole > 0.0 { 100.0 * c.weight * value / whole } else { 0.0 };
                    let with = [
                        ("label", label.as_str()),
                        ("raw", &(round(raw) + &unit)),
                        ("value", &round(value)),
                        ("zero", &anchors[0]),
                        ("one", &anchors[1]),
                        ("weight", &number(c.weight)),
                        ("points", &round(points)),
                    ];
                    writeln!(out, "- {}", self.say("criterion", &with))
                }
                _ => writeln!(out, "- {}", self.say("criterion_unknown", &[("label", label)])),
            };
            if flat.get(c.criterion as usize) == Some(&true) {
                let _ = writeln!(out, "  {}", self.say("flat", &[]));
            }
            for rule in criterion.clauses.iter().filter_map(|id| self.pack().rule(id)) {
                let _ = writeln!(out, "  {}", self.quote(rule));
            }
        }
    }

    fn verdicts(&self, out: &mut String) {
        self.heading(out, "verdicts");
        for (verdict, rule) in self.own_verdicts() {
            let outcome = say(self.lang, &format!("outcome.{}", verdict.outcome.key()), &[]);
            let _ = writeln!(out, "- {outcome}{}{}", self.lang.pick("：", ": "), self.quote(rule));
            let detail = match verdict.outcome {
                Outcome::NotDue => match verdict.due {
                    Some(day) => self.say("due_on", &[("day", &day.to_string())]),
                    None => self.say("due_at", &[("stage", &say(self.lang, &format!("stage.{}", rule.stage.key()), &[]))]),
                },
                Outcome::Overridden => self.say("overridden", &[("reason", verdict.override_reason.as_deref().unwrap_or(""))]),
                _ => {
                    let value = verdict.value.as_deref().map_or_else(|| self.say("nothing", &[]), |v| self.speak(v));
                    self.say("held", &[("value", &value), ("threshold", &self.speak(verdict.threshold.as_deref().unwrap_or("")))])
                }
            };
            let _ = writeln!(out, "  {detail}");
        }
    }

    fn missing(&self, out: &mut String) {
        if self.line.missing.is_empty() {
            return;
        }
        self.heading(out, "missing");
        for field in &self.line.missing {
            let _ = writeln!(out, "- {}", self.name(field));
        }
    }

    /// What stands between this candidate and a better place: rules first, then points.
    fn what_it_takes(&self, out: &mut String) {
        let mut lines: Vec<String> = Vec::new();
        for (verdict, rule) in self.own_verdicts() {
            let threshold = self.speak(verdict.threshold.as_deref().unwrap_or(""));
            let key = match (verdict.outcome, rule.hardness) {
                (Outcome::Fail, Hardness::Hard) => "take_hard",
                (Outcome::Fail, _) => "take_firm",
                (Outcome::Warn, _) => "take_soft",
                (Outcome::Unknown, Hardness::Hard | Hardness::Firm) => "take_known",
                _ => continue,
            };
            let fields = self.names(&verdict.missing);
            lines.push(self.say(key, &[("rule", &rule.id), ("threshold", &threshold), ("fields", &fields)]));
        }
        if let Some((above, gap)) = self.next_above() {
            lines.push(self.say("take_points", &[("gap", &gap.to_string()), ("rank", &above.to_string())]));
        }
        if let Some((label, points)) = self.most_to_gain() {
            lines.push(self.say("take_most", &[("label", &label), ("points", &round(points))]));
        }
        if lines.is_empty() {
            return;
        }
        self.heading(out, "take");
        for line in lines {
            let _ = writeln!(out, "- {line}");
        }
    }

    fn assumptions(&self, out: &mut String) {
        self.heading(out, "assumptions");
        let with = [("speed", self.settings.speed.to_string()), ("limit", self.settings.limit.to_string())];
        let walking = self.say("assume_walking", &[("speed", &with[0].1), ("limit", &with[1].1)]);
        let mut lines = vec![
            walking,
            self.say("assume_anchors", &[]),
            self.say("assume_kinds", &[("kinds", &self.pack().counts_as.join(self.comma()))]),
        ];
        if !self.on_streets {
            lines.push(self.say("assume_straight", &[("detour", &number(self.settings.detour))]));
        }
        if self.settings.accept_proxy {
            lines.push(self.say("assume_proxy", &[]));
        }
        for line in lines {
            let _ = writeln!(out, "- {line}");
        }
        for rule in self.cited() {
            if let Some([zh, en]) = &rule.ours {
                let _ = writeln!(out, "- {}", self.say("ours", &[("rule", &rule.id), ("ours", self.lang.pick(zh, en))]));
            }
        }
    }

    /// Every rule that the page names, in the order of the document.
    fn cited(&self) -> impl Iterator<Item = &Rule> {
        let named: BTreeSet<&str> = self
            .own_verdicts()
            .map(|(_, rule)| rule.id.as_str())
            .chain(self.pack().criteria.iter().flat_map(|c| c.clauses.iter().map(String::as_str)))
            .collect();
        self.pack().rules.iter().filter(move |rule| named.contains(rule.id.as_str()))
    }

    fn own_verdicts(&self) -> impl Iterator<Item = (&Verdict, &Rule)> {
        let own = self.found.verdicts.iter().filter(|v| v.subject == self.line.candidate);
        own.map(|v| (v, &self.found.pack.rules[v.rule as usize]))
    }

    /// The rank above and the points that are lacking to draw level.
    fn next_above(&self) -> Option<(u32, Score)> {
        let rank = self.line.rank.filter(|rank| *rank > 1)?;
        let above = self.found.ranking.iter().find(|r| r.rank == Some(rank - 1))?;
        Some((rank - 1, Score(above.score?.0.saturating_sub(self.line.score?.0))))
    }

    /// The computed criterion that could still add most points, were it at its anchor.
    fn most_to_gain(&self) -> Option<(String, f64)> {
        let computed = || self.line.criteria.iter().filter(|c| !self.pack().criteria[c.criterion as usize].declared);
        let whole: f64 = computed().map(|c| c.weight).sum();
        let gains = computed().filter_map(|c| c.value.map(|value| (c, 100.0 * c.weight * (1.0 - value) / whole)));
        let (c, points) = gains.fold(None, |best: Option<(&CriterionScore, f64)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        })?;
        let label = &self.pack().criteria[c.criterion as usize].label;
        (points > 0.0).then(|| (self.lang.pick(&label[0], &label[1]).clone(), points))
    }

    fn quote(&self, rule: &Rule) -> String {
        let hardness = say(self.lang, &format!("hardness.{}", rule.hardness.key()), &[]);
        self.say("quote", &[("rule", &rule.id), ("clause", &rule.clause), ("quote", &rule.quote), ("hardness", &hardness)])
    }

    fn score(&self, score: Option<Score>) -> String {
        score.map_or_else(|| self.say("nothing", &[]), |s| s.to_string())
    }

    fn comma(&self) -> &'static str {
        self.lang.pick("、", ", ")
    }

    fn names(&self, fields: &[String]) -> String {
        fields.iter().map(|f| self.name(f)).collect::<Vec<_>>().join(self.comma())
    }

    /// `入住户数（community.occupied_households）`
    fn name(&self, field: &str) -> String {
        match label(field, self.lang) {
            Some(label) => self.say("field", &[("label", label), ("field", field)]),
            None => field.to_owned(),
        }
    }

    /// A value or threshold of `verdicts.csv` in words: `operator_years ≥ 1` becomes `从事养老服务年限 ≥ 1`.
    fn speak(&self, text: &str) -> String {
        let word = |w: &str| {
            let key = format!("word.{w}");
            if knows(&key) { say(self.lang, &key, &[]) } else { label(w, self.lang).unwrap_or(w).to_owned() }
        };
        let part = |part: &str| match part.split_once('=').filter(|(field, _)| label(field, self.lang).is_some()) {
            Some((field, value)) => format!("{}{}{}", word(field), self.lang.pick("：", ": "), word(value)),
            None => part.split(' ').map(word).collect::<Vec<_>>().join(" "),
        };
        text.split(';').map(part).collect::<Vec<_>>().join(self.comma())
    }
}

/// What a field is called.
fn label(field: &str, lang: Lang) -> Option<&'static str> {
    let id = FieldId::named(field).or_else(|| FieldId::named(&format!("study.{field}")))?;
    let [zh, en] = id.field().label;
    Some(lang.pick(zh, en))
}

/// Two decimals are enough to read aloud.
fn round(n: f64) -> String {
    number((n * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::city::Candidate;
    use crate::policy::facts::{Facts, Value};
    use crate::policy::judge::{Stand, judge};
    use crate::problem::Problems;
    use crate::score::rank;

    /// Two candidates under shanxi-2023: C1 complete, C2 on a leased site and half unknown.
    fn study(lang: Lang, which: u32) -> String {
        let pack = Pack::load("shanxi-2023", Path::new(""), &mut Problems::default()).unwrap();
        let mut city = City::default();
        let mut settings = Settings { as_of: Some(jiff::civil::date(2023, 2, 1)), ..Settings::default() };
        settings.overrides.insert("C1/S001-16".to_owned(), "厨房六月建成".to_owned());
        let (mut full, mut bare) = (Facts::new(false), Facts::new(false));
        for (name, value) in [
            ("tenure", Value::Text("gov_idle_building".into())),
            ("floor_area", Value::Number(480.0)),
            ("beds", Value::Number(12.0)),
            ("build_mode", Value::Text("renovation".into())),
            ("functions", Value::Words(vec!["day_care".into()])),
            ("use_of_funds", Value::Words(vec!["装修装饰".into()])),
            ("county.county_type", Value::Text("district".into())),
            ("community.elderly_60", Value::Number(750.0)),
            ("community.occupied_households", Value::Number(640.0)),
            ("community.old", Value::Flag(true)),
            ("old_500_host", Value::Flag(true)),
            ("elderly_60_new", Value::Number(1234.0)),
            ("enthusiasm", Value::Number(80.0)),
        ] {
            full.set(name, Some(value));
        }
        bare.set("tenure", Some(Value::Text("gov_leased".into())));
        for id in ["C1", "C2"] {
            city.candidates.push(Candidate { id: id.into(), name: format!("{id} 站"), ..Candidate::default() });
        }
        let verdicts = judge(&pack, &[("C1", &full), ("C2", &bare)], Stand::of(&settings));
        let ranking = rank(&pack, &[full, bare], &verdicts, &settings, &city);
        text(&PackFindings { pack, ranking, verdicts, others: Vec::new() }, &city, &settings, false, which, lang).unwrap()
    }

    #[test]
    fn a_page_tells_rank_reasons_and_what_it_would_take() {
        let zh = study(Lang::Zh, 0);
        for line in [
            "候选点 C1：C1 站",
            "在可申报的 1 个候选点中排第 1，得 77.925 分（满分 100）。",
            "- 新增覆盖60岁以上老人：1234 人 → 0.62（0 记 0，2000 记 1）× 权重 1 → 15.43 分",
            "  S001-47（六(一)，优先）“遵循“就近便利、方便老人”的原则合理选址”",
            "- 提醒：S001-14（四(二)，原则上）“项目建筑面积原则上在 500-2000 平米之间”",
            "  现状：480；要求：500–2000 m²",
            "  书面理由：厨房六月建成",
            "  2023-04-30 起才要求",
            "- 没有路网：距离为直线 × 1.3",
            "- S001-12：“长期”没有年限，取五年，不足五年只提醒；购置归公（T5）视为政府提供",
        ] {
            assert!(zh.lines().any(|l| l == line), "{line}\nis not in\n{zh}");
        }
        let en = study(Lang::En, 1);
        for line in [
            "It cannot be declared: it fails S001-12, S001-13.",
            "- fail: S001-13 (四(一), hard) “政府租赁场地不得申报”",
            "  found: leased by the government; asked: ≠ leased by the government",
            "- residents 60+ (community.elderly_60)",
            "- S001-13 cannot be waived: ≠ leased by the government is needed",
        ] {
            assert!(en.lines().any(|l| l == line), "{line}\nis not in\n{en}");
        }
        for page in [zh, en] {
            assert!(!page.contains(['{', '}', '@']) && !page.contains("explain.") && !page.contains("word."), "{page}");
        }
    }
}
