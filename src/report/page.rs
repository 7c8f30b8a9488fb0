//! `report.html`: one file with map, tables and reasons, that opens from disk in an old browser and asks for nothing.
//!
//! The scripts in `data/page/` are plain ES2017 and know nothing of this program but its payload ([`payload`]): an `application/json`
//! element in the page. Whatever comes from data stays text: it reaches the page through JSON and `textContent`, never as markup.

mod judged;
mod lines;
mod number;
mod packed;
mod payload;
mod people;
mod places;
mod plane;
mod still;

#[cfg(test)]
mod sample;

use crate::study::Findings;
use crate::words::{Lang, say};

const TEMPLATE: &str = include_str!("../../data/page/page.html");
const STYLE: &str = include_str!("../../data/page/page.css");

/// The page's scripts, in the order in which they must run.
pub const SCRIPTS: [(&str, &str); 8] = [
    ("text.js", include_str!("../../data/page/text.js")),
    ("data.js", include_str!("../../data/page/data.js")),
    ("marks.js", include_str!("../../data/page/marks.js")),
    ("paint.js", include_str!("../../data/page/paint.js")),
    ("map.js", include_str!("../../data/page/map.js")),
    ("table.js", include_str!("../../data/page/table.js")),
    ("reasons.js", include_str!("../../data/page/reasons.js")),
    ("page.js", include_str!("../../data/page/page.js")),
];

/// The whole page. It holds both languages and starts in `lang`; the same findings give the same bytes.
pub fn html(findings: &Findings, lang: Lang) -> String {
    let plane = payload::plane(findings);
    let data = payload::json(findings, &plane, lang);
    let title = if findings.settings.title.is_empty() { say(lang, "page.untitled", &[]) } else { findings.settings.title.clone() };
    let scripts: String = SCRIPTS.iter().map(|(name, text)| format!("<script data-name=\"{name}\">\n{text}</script>\n")).collect();
    let synthetic = if payload::synthetic(findings) { say(lang, "page.synthetic.long", &[]) } else { String::new() };
    let fill = [
        ("lang", lang.pick("zh-CN", "en").to_owned()),
        ("title", still::escape(&title)),
        ("style", STYLE.to_owned()),
        ("noscript", still::escape(&say(lang, "page.noscript", &[]))),
        ("synthetic", still::escape(&synthetic)),
        ("still", still::still(findings, &plane, lang)),
        ("data", data),
        ("scripts", scripts),
    ];
    fill_template(TEMPLATE, &fill)
}

/// Replaces `{{name}}` in one pass, so that a value which itself holds `{{data}}` stays as it is.
fn fill_template(template: &str, fill: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(template.len() + fill.iter().map(|(_, v)| v.len()).sum::<usize>());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        if let Some((_, value)) = fill.iter().find(|(n, _)| *n == name) {
            out.push_str(value);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
