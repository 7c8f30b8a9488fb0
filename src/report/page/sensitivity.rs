//! How coverage hangs on its assumptions, drawn without a script: one panel for each snap distance, one line for each speed, the
//! share covered over the time limit; the same numbers in a table below. Both languages stand in the page, the one of the page is shown.

use std::fmt::Write;

use super::still::escape;
use crate::coverage::sensitivity::SensitivityRow;
use crate::report::communities::group_label;
use crate::report::table::percent;
use crate::study::Findings;
use crate::units::{Millimetres, Milliseconds, WalkingSpeed};
use crate::words::{Lang, say};

/// Size of a panel and of the margins around its axes, in units of the drawing.
const PANEL: [f64; 2] = [300.0, 240.0];
const MARGIN: [f64; 4] = [30.0, 58.0, 34.0, 40.0];

const STYLE: &str = "<style>#sensitivity{max-width:80rem;margin:0 auto;padding:1rem}\
#sensitivity h2{font-size:1.15rem}#sensitivity svg{display:block;width:100%;height:auto;max-height:24rem}\
#sensitivity text{font-size:10px;fill:#23211e}#sensitivity .axis{stroke:#8b8378;stroke-width:1;fill:none}\
#sensitivity .grid{stroke:#e2ded6;stroke-width:1}#sensitivity .now{stroke:#8f2a0e;stroke-width:1;stroke-dasharray:3 3}\
#sensitivity .line{fill:none;stroke:#5d5a55;stroke-width:1.2}#sensitivity .own{stroke:#0b3d6b;stroke-width:3}\
#sensitivity .spot{fill:#5d5a55}#sensitivity .spot.own{fill:#0b3d6b;stroke:none}\
#sensitivity table{border-collapse:collapse;margin-top:1rem}#sensitivity caption{text-align:left;font-weight:bold}\
#sensitivity th,#sensitivity td{border-bottom:1px solid #ddd;padding:.15rem .6rem;text-align:right}#sensitivity td.own{font-weight:bold}\
html[lang=en] #sensitivity [lang=zh-CN],html[lang=zh-CN] #sensitivity [lang=en]{display:none}</style>";

/// The part of the page; empty where nobody asked for it or nobody is counted.
pub fn section(findings: &Findings) -> String {
    let surface = findings.sensitivity.as_deref().unwrap_or_default();
    let Some(group) = findings.demand.leading_group() else { return String::new() };
    let rows: Vec<&SensitivityRow> = surface.iter().filter(|r| r.group == group).collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut out = format!("<section id=\"sensitivity\">{STYLE}");
    for lang in [Lang::Zh, Lang::En] {
        let _ = write!(out, "<div lang=\"{}\">", lang.pick("zh-CN", "en"));
        let scope = say(lang, &format!("summary.scope.{}", rows[0].scope.key()), &[]);
        let with = [("group", group_label(group, lang)), ("scope", scope)];
        let with = with.each_ref().map(|(k, v)| (*k, v.as_str()));
        let [title, text] = ["title", "text"].map(|key| escape(&say(lang, &format!("edges.sensitivity.{key}"), &with)));
        let _ = write!(out, "<h2>{title}</h2><p>{text}</p>");
        panels(findings, &rows, lang, &title, &mut out);
        table(findings, &rows, lang, &title, &mut out);
        out.push_str("</div>");
    }
    out + "</section>"
}

/// The values of one axis, ascending, each once.
fn values<T: Ord + Copy>(rows: &[&SensitivityRow], of: impl Fn(&SensitivityRow) -> T) -> Vec<T> {
    let mut all: Vec<T> = rows.iter().map(|r| of(r)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn share(rows: &[&SensitivityRow], speed: WalkingSpeed, limit: Milliseconds, snap: Millimetres) -> Option<f64> {
    let row = rows.iter().find(|r| (r.speed, r.limit, r.snap) == (speed, limit, snap))?;
    row.covered.share_of(row.known)
}

fn panels(findings: &Findings, rows: &[&SensitivityRow], lang: Lang, title: &str, out: &mut String) {
    let (speeds, limits, snaps) = (values(rows, |r| r.speed), values(rows, |r| r.limit), values(rows, |r| r.snap));
    let last = limits.last().map_or(1.0, |t| t.minutes());
    let [top, right, bottom, left] = MARGIN;
    let _ = write!(out, "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{title}\">", PANEL[0] * snaps.len() as f64, PANEL[1]);
    for (panel, snap) in snaps.iter().enumerate() {
        let from = panel as f64 * PANEL[0] + left;
        let x = |limit: Milliseconds| from + (PANEL[0] - left - right) * limit.minutes() / last;
        let y = |share: f64| top + (PANEL[1] - top - bottom) * (1.0 - share);
        let (low, high) = (PANEL[1] - bottom, PANEL[0] * (panel + 1) as f64 - right);
        let key = if *snap == findings.settings.snap { "edges.sensitivity.snap.own" } else { "edges.sensitivity.snap" };
        let heading = escape(&say(lang, key, &[("snap", &snap.to_string())]));
        let _ = write!(out, "<g><text x=\"{from:.1}\" y=\"14\">{heading}</text>");
        for tenth in [0, 25, 50, 75, 100] {
            let at = y(f64::from(tenth) / 100.0);
            let _ = write!(out, "<path class=\"grid\" d=\"M{from:.1} {at:.1}H{high:.1}\"/>");
            let _ = write!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{tenth}%</text>", from - 4.0, at + 3.5);
        }
        let _ = write!(out, "<path class=\"axis\" d=\"M{from:.1} {top:.1}V{low:.1}H{high:.1}\"/>");
        for limit in &limits {
            let minutes = limit.minutes();
            let _ = write!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{minutes}</text>", x(*limit), low + 13.0);
        }
        let axis = escape(&say(lang, "edges.sensitivity.limit", &[]));
        let _ = write!(out, "<text x=\"{from:.1}\" y=\"{:.1}\">{axis}</text>", low + 27.0);
        let own = x(findings.settings.limit);
        let _ = write!(out, "<path class=\"now\" d=\"M{own:.1} {top:.1}V{low:.1}\"/>");
        for speed in &speeds {
            let class = if *speed == findings.settings.speed { " own" } else { "" };
            let spots: Vec<(Milliseconds, f64)> =
                limits.iter().filter_map(|limit| Some((*limit, share(rows, *speed, *limit, *snap)?))).collect();
            let mut d = String::new();
            for (i, (limit, share)) in spots.iter().enumerate() {
                let _ = write!(d, "{}{:.1} {:.1}", if i == 0 { 'M' } else { 'L' }, x(*limit), y(*share));
            }
            let _ = write!(out, "<path class=\"line{class}\" d=\"{d}\"/>");
            for (limit, share) in &spots {
                let said = format!("{speed}, {limit}: {}", percent(*share));
                let (cx, cy) = (x(*limit), y(*share));
                let _ = write!(out, "<circle class=\"spot{class}\" cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"2.5\"><title>{said}</title></circle>");
            }
        }
        names(&speeds, |speed| share(rows, speed, *limits.last()?, *snap), y, high + 4.0, out);
        out.push_str("</g>");
    }
    out.push_str("</svg>");
}

/// Names of the lines at their right ends, moved apart where they would lie on each other.
fn names(speeds: &[WalkingSpeed], share: impl Fn(WalkingSpeed) -> Option<f64>, y: impl Fn(f64) -> f64, x: f64, out: &mut String) {
    // Slow lines lie low: from the bottom up, none closer than a line of text.
    let mut lowest = f64::INFINITY;
    for speed in speeds {
        let Some(share) = share(*speed) else { continue };
        let at = (y(share) + 3.5).min(lowest - 11.0);
        lowest = at;
        let _ = write!(out, "<text x=\"{x:.1}\" y=\"{at:.1}\">{speed}</text>");
    }
}

fn table(findings: &Findings, rows: &[&SensitivityRow], lang: Lang, title: &str, out: &mut String) {
    let (speeds, limits, snaps) = (values(rows, |r| r.speed), values(rows, |r| r.limit), values(rows, |r| r.snap));
    let word = |key: &str| escape(&say(lang, &format!("edges.sensitivity.{key}"), &[]));
    let _ = write!(out, "<table><caption>{title}</caption><thead><tr>");
    let heads = ["col.snap", "col.limit"].map(word).into_iter().chain(speeds.iter().map(ToString::to_string));
    for head in heads.chain([word("col.unknown")]) {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for (snap, limit) in snaps.iter().flat_map(|s| limits.iter().map(move |t| (*s, *t))) {
        let _ = write!(out, "<tr><th scope=\"row\">{snap}</th><th scope=\"row\">{limit}</th>");
        for speed in &speeds {
            let settings = &findings.settings;
            let own = (*speed, limit, snap) == (settings.speed, settings.limit, settings.snap);
            let cell = share(rows, *speed, limit, snap).map_or_else(|| "-".to_owned(), percent);
            let _ = write!(out, "<td{}>{cell}</td>", if own { " class=\"own\"" } else { "" });
        }
        let unknown = rows.iter().find(|r| r.snap == snap).map_or_else(String::new, |r| format!("{:.0}", r.unknown.as_f64()));
        let _ = write!(out, "<td>{unknown}</td></tr>");
    }
    out.push_str("</tbody></table>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Group;
    use crate::coverage::sensitivity::{limits, snaps, speeds};
    use crate::report::sample;
    use crate::settings::Scope;
    use crate::units::Count;

    fn findings() -> Findings {
        let mut findings = sample::findings();
        let settings = &findings.settings;
        let mut rows = Vec::new();
        for (speed, limit) in speeds(settings).into_iter().flat_map(|v| limits(settings).into_iter().map(move |t| (v, t))) {
            for snap in snaps(settings) {
                let known = Count::whole(if snap == Millimetres(50_000) { 0 } else { 2_000 });
                let covered = Count::whole((speed.reach(limit).0 / 1_000).min(known.as_f64() as u64));
                let unknown = Count::whole(2_000).minus(known);
                let (people, scope, group) = (Count::whole(2_000), Scope::Urban, Group::Elderly60);
                rows.push(SensitivityRow { speed, limit, snap, scope, group, people, known, covered, unknown });
            }
        }
        findings.sensitivity = Some(rows);
        findings
    }

    #[test]
    fn a_panel_for_each_snap_a_line_for_each_speed_and_a_cell_for_each_number() {
        let html = section(&findings());
        // Three snaps, five speeds, five limits, two languages; at the narrowest snap nobody is known.
        assert_eq!(html.matches("<path class=\"line").count(), 3 * 5 * 2);
        assert_eq!(html.matches("<circle").count(), 2 * 5 * 5 * 2);
        assert_eq!(html.matches("<tr><th scope=\"row\">").count(), 3 * 5 * 2);
        assert_eq!(html.matches("<td>-</td>").count(), 5 * 5 * 2);
        assert!(html.contains("<title>1.0 m/s, 15 min: 45.0%</title>") && html.contains("<td class=\"own\">45.0%</td>"));
        assert!(!html.contains("edges.") && !html.replace(STYLE, "").contains('{'), "{html}");
    }

    #[test]
    fn nobody_asked_nothing_is_drawn() {
        assert_eq!(section(&sample::findings()), "");
    }
}
