//! `report.html`: one file with map, tables and reasons, that opens from disk in an old browser and asks for nothing.
//!
//! The scripts in `data/page/` are plain ES2017 and know nothing of this program but its payload (`payload`): an `application/json`
//! element in the page. Whatever comes from data stays text: it reaches the page through JSON and `textContent`, never as markup.

mod boundaries;
mod chosen;
mod circles;
mod column;
mod judged;
mod lines;
mod number;
mod packed;
mod payload;
mod people;
mod places;
mod plane;
mod planned;
mod said;
mod sensitivity;
mod still;
mod streets;

#[cfg(test)]
mod sample;

use std::io::{self, Write};

use crate::study::Findings;
use crate::words::{Lang, say};

pub use planned::Planned;

const TEMPLATE: &str = include_str!("../../data/page/page.html");
const STYLE: &str = include_str!("../../data/page/page.css");
const PLAN_STYLE: &str = include_str!("../../data/page/plan.css");
/// What begins a line of a script that is only for a page with a plan.
const WITH_PLAN: &str = "/*plan*/";

/// The script that only a page with a plan has.
const PLAN_SCRIPT: &str = "plan.js";

/// The page's scripts, in the order in which they must run.
pub const SCRIPTS: [(&str, &str); 9] = [
    ("text.js", include_str!("../../data/page/text.js")),
    ("data.js", include_str!("../../data/page/data.js")),
    ("marks.js", include_str!("../../data/page/marks.js")),
    ("paint.js", include_str!("../../data/page/paint.js")),
    ("map.js", include_str!("../../data/page/map.js")),
    ("table.js", include_str!("../../data/page/table.js")),
    ("reasons.js", include_str!("../../data/page/reasons.js")),
    (PLAN_SCRIPT, include_str!("../../data/page/plan.js")),
    ("page.js", include_str!("../../data/page/page.js")),
];

/// Writes the whole page, with a plan where there is one. It holds both languages and starts in `lang`; the same findings give the same bytes.
pub fn write(findings: &Findings, planned: Option<&Planned<'_>>, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let plane = payload::plane(findings);
    let title = if findings.settings.title.is_empty() { say(lang, "page.untitled", &[]) } else { findings.settings.title.clone() };
    let synthetic = if payload::synthetic(findings) { say(lang, "page.synthetic.long", &[]) } else { String::new() };
    let mut rest = TEMPLATE;
    while let Some((before, after)) = rest.split_once("{{") {
        out.write_all(before.as_bytes())?;
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        // In one pass, so that a text which itself holds `{{data}}` stays as it is.
        match name {
            "lang" => out.write_all(lang.pick("zh-CN", "en").as_bytes())?,
            "title" => out.write_all(still::escape(&title).as_bytes())?,
            "style" => {
                out.write_all(STYLE.as_bytes())?;
                out.write_all(planned.map_or("", |_| PLAN_STYLE).as_bytes())?;
            }
            "noscript" => out.write_all(still::escape(&say(lang, "page.noscript", &[])).as_bytes())?,
            "synthetic" => out.write_all(still::escape(&synthetic).as_bytes())?,
            "still" => out.write_all(still::still(findings, planned, &plane, lang).as_bytes())?,
            "sensitivity" => out.write_all(sensitivity::section(findings).as_bytes())?,
            "data" => payload::write(findings, planned, &plane, lang, &mut *out)?,
            "scripts" => {
                for (name, text) in SCRIPTS.iter().filter(|(name, _)| planned.is_some() || *name != PLAN_SCRIPT) {
                    writeln!(out, "<script data-name=\"{name}\">")?;
                    let lines = text.split_inclusive('\n').filter(|line| planned.is_some() || !line.trim_start().starts_with(WITH_PLAN));
                    lines.into_iter().try_for_each(|line| out.write_all(line.as_bytes()))?;
                    out.write_all(b"</script>\n")?;
                }
            }
            _ => {}
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// The whole page as a text.
pub fn html(findings: &Findings, planned: Option<&Planned<'_>>, lang: Lang) -> String {
    let mut bytes = Vec::new();
    write(findings, planned, lang, &mut bytes).unwrap_or_else(|error| unreachable!("memory takes every byte: {error}"));
    String::from_utf8(bytes).unwrap_or_else(|error| unreachable!("texts are UTF-8: {error}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::words;

    /// The JSON inside the page.
    fn data_of(page: &str) -> serde_json::Value {
        let from = page.find("id=\"data\">").expect("the page has data") + 10;
        let to = from + page[from..].find("</script>").expect("the data end");
        serde_json::from_str(&page[from..to]).expect("the data are JSON")
    }

    #[test]
    fn the_page_asks_for_nothing_from_outside() {
        let page = html(&sample::findings(8, 4), None, Lang::Zh);
        // The names of XML namespaces are no addresses; the scripts hold one, to make SVG elements.
        let page = page.replace("http://www.w3.org/2000/svg", "");
        for way in
            ["http://", "https://", "src=\"", "<link", "@import", "url(", "import(", "fetch(", "XMLHttpRequest", "type=\"module\"", "//cdn"]
        {
            assert!(!page.contains(way), "the page holds {way}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn hostile_names_stay_text() {
        let findings = sample::findings(8, 4);
        let page = html(&findings, None, Lang::Zh);
        // One of them is only on a page with a plan.
        let scripts = SCRIPTS.len() + 1;
        assert_eq!(page.matches("<script").count(), scripts, "a name opened a script");
        assert_eq!(page.matches("</script>").count(), scripts, "a name closed a script");
        assert!(!page.contains("<img") && !page.contains("<!--"));
        let data = data_of(&page);
        let names = |table: &str| column::tests::read(&data[table]["name"], data[table]["n"].as_u64().unwrap() as usize);
        assert_eq!(names("communities")[..sample::HOSTILE.len()], sample::HOSTILE);
        assert_eq!(names("candidates")[1], sample::HOSTILE[1]);
        assert_eq!(names("facilities")[5], sample::HOSTILE[2]);
    }

    #[test]
    fn persons_stand_nowhere_on_the_page() {
        let page = html(&sample::findings(8, 4), None, Lang::Zh);
        for person in sample::PERSON {
            assert!(!page.contains(person), "{person} is on the page");
        }
    }

    #[test]
    fn the_same_findings_give_the_same_bytes_and_the_language_changes_only_the_start() {
        let findings = sample::findings(8, 4);
        let zh = html(&findings, None, Lang::Zh);
        assert_eq!(zh, html(&sample::findings(8, 4), None, Lang::Zh));
        let en = html(&findings, None, Lang::En);
        let (mut a, mut b) = (data_of(&zh), data_of(&en));
        assert_eq!((a["lang"].take(), b["lang"].take()), ("zh".into(), "en".into()));
        assert_eq!(a, b);
        assert!(en.contains("<html lang=\"en\">"));
    }

    /// Keys asked for by the scripts: `C.t('key'`, and the prefixes of keys made of two parts: `C.t('col.' + key`.
    fn keys_of_scripts() -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut whole, mut prefixes) = (BTreeSet::new(), BTreeSet::new());
        for (_, text) in SCRIPTS {
            for part in text.split("C.t(").skip(1) {
                let call = part.split(')').next().unwrap_or("");
                let literals: Vec<&str> = call.split('\'').skip(1).step_by(2).collect();
                let Some(first) = literals.first() else { continue };
                if !call.starts_with('\'') {
                    // `C.t(flag ? 'one' : 'other')`
                    whole.extend(literals.iter().map(|l| (*l).to_owned()));
                } else if part[first.len() + 2..].trim_start().starts_with('+') {
                    prefixes.insert((*first).to_owned());
                } else {
                    whole.insert((*first).to_owned());
                }
            }
        }
        for text in TEMPLATE.split("data-t").skip(1) {
            whole.extend(text.split('"').nth(1).map(str::to_owned));
        }
        (whole, prefixes)
    }

    #[test]
    fn every_word_of_the_page_is_in_both_languages_and_every_entry_is_used() {
        let (whole, prefixes) = keys_of_scripts();
        assert!(whole.len() > 100 && prefixes.len() > 10, "{whole:?} {prefixes:?}");
        for key in &whole {
            assert!(words::knows(&format!("page.{key}")), "data/locales/page.toml lacks {key}");
        }
        for (key, zh, en) in words::under("page.") {
            assert!(!zh.is_empty() && !en.is_empty());
            let still =
                key.starts_with("still.") || key.starts_with("plan.still.") || ["untitled", "noscript", "synthetic.long"].contains(&key);
            let used = still || whole.contains(key) || prefixes.iter().any(|p| key.starts_with(p.as_str())) || key.starts_with("word.");
            assert!(used, "nothing says page.{key}");
        }
    }

    #[test]
    fn every_canonical_word_of_a_verdict_or_status_has_its_words() {
        use crate::city::{BuildMode, Group, Status, Tenure};
        use crate::policy::Hardness;
        use crate::settings::Stage;
        let mut keys: Vec<String> =
            ["pass", "warn", "fail", "unknown", "not_due", "not_applicable", "overridden", "met", "unmet", "permitted", "info"]
                .iter()
                .chain(&["eligible", "conditional", "ineligible", "covered", "partial", "uncovered"])
                .map(|k| format!("word.{k}"))
                .collect();
        keys.extend(Stage::ALL.map(|s| format!("word.{}", s.key())));
        keys.extend(
            [Status::Operating, Status::Building, Status::Suspended, Status::Closed, Status::UseChanged]
                .map(|s| format!("word.{}", s.key())),
        );
        keys.extend(BuildMode::ALL.map(|m| format!("word.{}", m.key())));
        keys.extend(
            [
                Tenure::GovIdleBuilding,
                Tenure::GovIdleLand,
                Tenure::EstateRenewal,
                Tenure::OwnerFree,
                Tenure::PurchasedPublic,
                Tenure::GovLeased,
                Tenure::Leased,
                Tenure::Other,
            ]
            .map(|t| format!("word.{}", t.key())),
        );
        keys.extend(
            [Hardness::Hard, Hardness::Firm, Hardness::Soft, Hardness::Priority, Hardness::Permit, Hardness::Info]
                .map(|h| format!("word.{}", h.key())),
        );
        keys.extend(Group::ALL.map(|g| format!("group.{}", g.name())));
        for key in keys {
            assert!(words::knows(&format!("page.{key}")), "data/locales/page.toml lacks {key}");
        }
    }

    /// Script text without comments and strings, so that only code is judged.
    fn code_of(script: &str) -> String {
        let mut out = String::new();
        let mut rest = script;
        while let Some(c) = rest.chars().next() {
            if rest.starts_with("/*") {
                rest = rest.split_once("*/").map_or("", |(_, after)| after);
            } else if rest.starts_with("//") {
                rest = rest.split_once('\n').map_or("", |(_, after)| after);
            } else if c == '\'' || c == '"' {
                let mut end = 1;
                while end < rest.len() && rest.as_bytes()[end] != c as u8 {
                    end += if rest.as_bytes()[end] == b'\\' { 2 } else { 1 };
                }
                out.push_str("''");
                rest = rest.get(end + 1..).unwrap_or("");
            } else {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        out
    }

    #[test]
    fn the_scripts_are_plain_es2017_and_make_no_markup_of_data() {
        assert_eq!(code_of("a('x?.y'); // ?.\n/* ?? */ b"), "a(''); \n".to_owned().replace('\n', "") + " b");
        for (name, text) in SCRIPTS {
            let code = code_of(text);
            for token in [
                "?.",
                "??",
                "||=",
                "&&=",
                "**",
                "...",
                "catch {",
                "replaceAll",
                ".flat(",
                ".flatMap(",
                ".at(",
                "Object.fromEntries",
                "matchAll",
                "import ",
                "export ",
                "class ",
                "static ",
                "#",
                "`",
            ] {
                assert!(!code.contains(token), "{name} holds {token}");
            }
            for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setTimeout('"] {
                assert!(!text.contains(way), "{name} holds {way}");
            }
        }
    }

    #[test]
    fn a_study_of_nothing_is_still_a_page() {
        let mut findings = sample::findings(3, 1);
        findings.city = Default::default();
        findings.demand = Default::default();
        findings.reach = Default::default();
        findings.coverage = Default::default();
        findings.figures.clear();
        findings.packs.clear();
        findings.streets.clear();
        findings.reached.clear();
        let data = data_of(&html(&findings, None, Lang::En));
        assert_eq!(data["communities"]["n"], 0);
        assert_eq!(data["dots"]["group"], serde_json::Value::Null);
    }

    #[test]
    fn circles_stand_beside_their_sites_and_a_band_without_area_is_missing() {
        let findings = sample::findings(8, 4);
        let data = data_of(&html(&findings, None, Lang::Zh));
        let circles = &data["circles"];
        assert_eq!(circles["bands"].as_array().unwrap().len(), 3);
        for (kind, first) in [("facilities", 0), ("candidates", findings.city.facilities.len())] {
            let texts = circles[kind].as_array().unwrap();
            assert_eq!(texts.len() as u64, data[kind]["n"].as_u64().unwrap());
            for (i, text) in texts.iter().enumerate() {
                let numbers = packed::tests::unpack(text.as_str().unwrap());
                let given = findings.circles[first + i].as_ref();
                assert_eq!(numbers.is_empty(), given.is_none(), "{kind} {i}");
                let (mut at, mut bands) = (0, 0);
                while at < numbers.len() {
                    let rings = numbers[at + 1];
                    at += 2;
                    for _ in 0..rings {
                        assert!(numbers[at] >= 3, "a ring of {} points", numbers[at]);
                        at += 1 + 2 * numbers[at] as usize;
                    }
                    bands += 1;
                }
                assert_eq!(bands, given.map_or(0, |g| g.circles.len()));
            }
        }
        let mut without = findings;
        without.circles.clear();
        assert_eq!(data_of(&html(&without, None, Lang::Zh))["circles"]["left_out"], 0);
    }

    #[test]
    fn a_criterion_that_tells_nobody_apart_says_so() {
        let mut findings = sample::findings(8, 4);
        findings.packs[0].ranking.iter_mut().for_each(|r| r.criteria[0].value = Some(1.0));
        let flat = crate::score::discriminate::flat(&findings.packs[0].pack, &findings.packs[0].ranking);
        let data = data_of(&html(&findings, None, Lang::Zh));
        let shown: Vec<bool> = data["packs"][0]["criteria"].as_array().unwrap().iter().map(|c| c["flat"].as_bool().unwrap()).collect();
        assert!(shown[0] && shown.contains(&false), "{shown:?}");
        assert_eq!(shown, flat);
    }

    #[test]
    fn a_city_of_many_points_is_shown_in_squares_that_keep_its_people() {
        let findings = sample::findings(12, 9);
        assert!(findings.demand.len() > 20_000);
        let data = data_of(&html(&findings, None, Lang::Zh));
        assert_eq!(data["dots"]["points"], findings.demand.len());
        assert!(data["dots"]["square"].as_i64().is_some_and(|m| m >= 50));
        assert!(data["dots"]["n"].as_u64().is_some_and(|n| n > 1000 && n < 30_000));
    }

    /// Writes pages to look at: `CARESHED_PAGES=DIR cargo test pages_to_look_at`; `CARESHED_SIDE=55` makes a large city.
    #[test]
    fn pages_to_look_at() {
        let Ok(dir) = std::env::var("CARESHED_PAGES") else {
            println!("skipped: CARESHED_PAGES names no folder");
            return;
        };
        let side = std::env::var("CARESHED_SIDE").ok().and_then(|s| s.parse().ok()).unwrap_or(8);
        let mut findings = sample::findings(side, if side > 20 { 14 } else { 4 });
        // A real city of that size has about a million edges: each street again, a little aside.
        for shift in 1..if side > 20 { 7 } else { 1 } {
            let aside = |p: &crate::space::LonLat| crate::space::LonLat {
                lon: p.lon + f64::from(shift) * 0.00021,
                lat: p.lat + f64::from(shift) * 0.00013,
            };
            let again: Vec<_> = findings.streets.iter().filter(|s| s.class > 1).map(|s| s.line.iter().map(aside).collect()).collect();
            findings.streets.extend(again.into_iter().map(|line| crate::study::Street { line, class: 2 }));
        }
        let write = |name: &str, text: String| std::fs::write(std::path::Path::new(&dir).join(name), text).unwrap();
        let since = std::time::Instant::now();
        write("zh.html", html(&findings, None, Lang::Zh));
        println!("a page in {:.2} s", since.elapsed().as_secs_f64());
        write("en.html", html(&findings, None, Lang::En));
        findings.on_streets = false;
        findings.streets.clear();
        findings.reached.clear();
        findings.packs.clear();
        write("straight.html", html(&findings, None, Lang::Zh));
        findings.city.communities.clear();
        findings.coverage.communities.clear();
        write("points.html", html(&findings, None, Lang::En));
    }
}
