//! The picture and the tables that stand in the page itself, for a browser that runs no script.

use std::fmt::Write;

use geo::{Area, MultiPolygon};

use super::places::{flat_boundary, ring_spots, tally};
use super::plane::{Plane, Spot};
use crate::city::CommunityKind;
use crate::coverage::{CoverStatus, Level};
use crate::settings::Scope;
use crate::study::Findings;
use crate::words::{Lang, say};

/// Width and height of the picture, in its own units.
const FRAME: [f64; 2] = [1000.0, 700.0];
/// Rows written out in each table.
const ROWS: usize = 200;
/// Streets of these classes are drawn, up to so many.
const STREETS: (u8, usize) = (1, 4000);

/// Text as it may stand in HTML, between tags or in a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// From decimetres of the map to the picture.
struct Frame {
    west: f64,
    north: f64,
    scale: f64,
}

impl Frame {
    fn around(spots: impl Iterator<Item = Spot>) -> Option<Self> {
        let mut b = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for [x, y] in spots {
            let (x, y) = (f64::from(x), f64::from(y));
            b = [b[0].min(x), b[1].min(y), b[2].max(x), b[3].max(y)];
        }
        let (w, h) = (b[2] - b[0], b[3] - b[1]);
        (w >= 0.0).then(|| {
            let scale = ((FRAME[0] - 40.0) / w.max(1.0)).min((FRAME[1] - 40.0) / h.max(1.0));
            Frame { west: b[0] - (FRAME[0] / scale - w) / 2.0, north: b[3] + (FRAME[1] / scale - h) / 2.0, scale }
        })
    }

    fn at(&self, spot: Spot) -> [i32; 2] {
        [((f64::from(spot[0]) - self.west) * self.scale).round() as i32, ((self.north - f64::from(spot[1])) * self.scale).round() as i32]
    }

    fn path(&self, out: &mut String, spots: &[Spot], closed: bool) {
        let mut points: Vec<[i32; 2]> = spots.iter().map(|s| self.at(*s)).collect();
        points.dedup();
        if points.len() < 2 {
            return;
        }
        for (i, [x, y]) in points.iter().enumerate() {
            let _ = write!(out, "{}{x} {y}", if i == 0 { 'M' } else { 'L' });
        }
        if closed {
            out.push('Z');
        }
    }
}

/// The static part of the page's body.
pub fn still(findings: &Findings, plane: &Plane, lang: Lang) -> String {
    let mut out = String::new();
    headline(findings, lang, &mut out);
    picture(findings, plane, lang, &mut out);
    for found in &findings.packs {
        ranking(findings, found, lang, &mut out);
    }
    communities(findings, lang, &mut out);
    out
}

/// The two coverages, each with its denominator.
fn headline(findings: &Findings, lang: Lang, out: &mut String) {
    let settings = &findings.settings;
    let scope = if findings.city.communities.is_empty() { Scope::All } else { settings.scope };
    let leading = findings.demand.leading_group();
    let word = |key: &str| say(lang, &format!("page.{key}"), &[]);
    let whole = |c: crate::units::Count| format!("{:.0}", c.as_f64());
    let kind = if scope == Scope::Village { CommunityKind::Village } else { CommunityKind::Urban };
    let tally = tally(findings, kind);
    let mut scope_text = word(&format!("scope.{}", scope.key()));
    if scope != Scope::All {
        scope_text = say(lang, "page.scope.n", &[("n", &tally.n.to_string()), ("scope", &scope_text)]);
    }
    let total = findings.coverage.totals.iter().find(|t| {
        t.level == Level::All && t.scope == scope && Some(t.group) == leading && t.speed == settings.speed && t.limit == settings.limit
    });
    if let (Some(total), Some(group)) = (total, leading) {
        let minutes = settings.limit.minutes().to_string();
        let title = say(lang, "page.headline.walk", &[("min", &minutes)]);
        let of = say(
            lang,
            "page.headline.walk.of",
            &[
                ("scope", &scope_text),
                ("group", &word(&format!("group.{}", group.name()))),
                ("known", &whole(total.known)),
                ("covered", &whole(total.covered)),
            ],
        );
        let share = total.covered.share_of(total.known).map_or_else(|| word("unknown"), |s| format!("{:.1}%", s * 100.0));
        let unknown = say(lang, "page.headline.unknown", &[("n", &whole(total.unknown))]);
        let speed = total.speed.to_string();
        let line = format!("{title} ({speed}): {share}. {of}{unknown}");
        let _ = write!(out, "<p>{}</p>", escape(&line));
    }
    if tally.n > 0 {
        let has = tally.own + tally.shared;
        let scope = word(if kind == CommunityKind::Village { "scope.village" } else { "scope.urban" });
        let [n, has, own] = [tally.n, has, tally.own].map(|v| v.to_string());
        let of = say(lang, "page.headline.admin.of", &[("n", &n), ("has", &has), ("own", &own), ("scope", &scope)]);
        let _ = write!(out, "<p>{}</p>", escape(&format!("{}: {of}", word("headline.admin"))));
    }
    if !findings.on_streets {
        let _ = write!(out, "<p><strong>{}</strong></p>", escape(&word("straight.long")));
    }
}

/// How strongly each community is painted: as on the live map, paler where fewer people live, so that empty land does not look uncovered.
fn strengths(findings: &Findings, boundaries: &[Option<MultiPolygon<f64>>]) -> Vec<f64> {
    let leading = findings.demand.leading_group();
    let mut people = vec![None; boundaries.len()];
    for cover in &findings.coverage.communities {
        let group = cover.groups.iter().find(|g| Some(g.group) == leading);
        if let (Some(slot), Some(group)) = (people.get_mut(cover.community as usize), group) {
            *slot = Some(group.people.as_f64());
        }
    }
    let density: Vec<Option<f64>> =
        boundaries.iter().zip(&people).map(|(b, p)| Some((*p)? / (b.as_ref()?.unsigned_area() / 1e8)).filter(|d| d.is_finite())).collect();
    let mut dense: Vec<(f64, f64)> = density.iter().zip(&people).filter_map(|(d, p)| Some(((*d)?, (*p)?))).collect();
    dense.sort_by(|a, b| b.0.total_cmp(&a.0));
    let half = dense.iter().map(|(_, p)| p).sum::<f64>() / 2.0;
    let mut run = 0.0;
    let full = dense
        .iter()
        .find(|(_, p)| {
            run += p;
            run >= half
        })
        .map_or(1.0, |(d, _)| d.max(1e-9));
    density.iter().map(|d| d.map_or(0.35, |d| (0.07 + 0.81 * (d / full).sqrt()).min(0.88))).collect()
}

fn picture(findings: &Findings, plane: &Plane, lang: Lang, out: &mut String) {
    let city = &findings.city;
    let boundaries: Vec<_> = city.communities.iter().map(|c| flat_boundary(c, plane)).collect();
    let outer = boundaries.iter().flatten().flat_map(|b| &b.0).flat_map(|p| ring_spots(p.exterior(), 1));
    let sites = city.facilities.iter().filter_map(|f| f.place).chain(city.candidates.iter().filter_map(|c| c.place));
    let places = sites.chain(findings.demand.places.iter().copied()).map(|p| plane.spot(p));
    let Some(frame) = Frame::around(outer.chain(places)) else { return };
    let _ = write!(
        out,
        r#"<svg viewBox="0 0 {} {}" role="img" aria-label="{}">"#,
        FRAME[0],
        FRAME[1],
        escape(&say(lang, "page.still.map", &[]))
    );
    let strengths = strengths(findings, &boundaries);
    let mut status = vec![CoverStatus::Unknown; city.communities.len()];
    for cover in &findings.coverage.communities {
        if let Some(slot) = status.get_mut(cover.community as usize) {
            *slot = cover.status;
        }
    }
    for (i, boundary) in boundaries.iter().enumerate() {
        let mut d = String::new();
        for polygon in boundary.iter().flat_map(|b| &b.0) {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                frame.path(&mut d, &ring_spots(ring, 1), true);
            }
        }
        if !d.is_empty() {
            let name = escape(&city.communities[i].name);
            let (key, strength) = (status[i].key(), strengths[i]);
            let _ = write!(out, r#"<path class="c-{key}" fill-opacity="{strength:.2}" d="{d}"><title>{name}</title></path>"#);
        }
    }
    let mut d = String::new();
    for street in findings.streets.iter().filter(|s| s.class <= STREETS.0).take(STREETS.1) {
        let spots: Vec<Spot> = street.line.iter().map(|p| plane.spot(*p)).collect();
        frame.path(&mut d, &spots, false);
    }
    if !d.is_empty() {
        let _ = write!(out, r#"<path class="st" d="{d}"/>"#);
    }
    for (i, facility) in city.facilities.iter().enumerate() {
        let Some(place) = facility.place else { continue };
        let [x, y] = frame.at(plane.spot(place));
        let class = if findings.coverage.counting.contains(&(i as u32)) { "f-counts" } else { "f-other" };
        let (x, y, name) = (x - 4, y - 4, escape(&facility.name));
        let _ = write!(out, r#"<rect class="{class}" x="{x}" y="{y}" width="8" height="8"><title>{name}</title></rect>"#);
    }
    let ranked = findings.packs.first().map_or(&[][..], |p| &p.ranking);
    // The best last, so that they lie on top.
    for row in ranked.iter().rev() {
        let Some(candidate) = city.candidates.get(row.candidate as usize) else { continue };
        let Some(place) = candidate.place else { continue };
        let [x, y] = frame.at(plane.spot(place));
        let name = escape(&candidate.name);
        match row.rank.filter(|r| *r <= 99) {
            Some(rank) => {
                let _ = write!(
                    out,
                    r#"<g><title>{name}</title><circle class="k" cx="{x}" cy="{y}" r="9"/><text x="{x}" y="{}">{rank}</text></g>"#,
                    y + 4
                );
            }
            None => {
                let _ = write!(out, r#"<circle class="k-off" cx="{x}" cy="{y}" r="4"><title>{name}</title></circle>"#);
            }
        }
    }
    out.push_str("</svg>");
    let _ = write!(out, "<p>{}</p>", escape(&say(lang, "page.still.key", &[])));
}

/// One table with a caption, headings and rows of ready text.
fn table(caption: &str, headings: &[String], rows: impl Iterator<Item = Vec<String>>, out: &mut String) {
    let _ = write!(out, "<table><caption>{}</caption><thead><tr>", escape(caption));
    for heading in headings {
        let _ = write!(out, r#"<th scope="col">{}</th>"#, escape(heading));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            let _ = write!(out, "<td>{}</td>", escape(&cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
}

fn headings(lang: Lang, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| say(lang, &format!("page.{key}"), &[])).collect()
}

fn caption(lang: Lang, key: &str, name: &str, total: usize) -> String {
    let title = say(lang, key, &[("name", name)]);
    if total <= ROWS {
        return title;
    }
    title + &say(lang, "page.still.first", &[("n", &ROWS.to_string()), ("total", &total.to_string())])
}

fn ranking(findings: &Findings, found: &crate::study::PackFindings, lang: Lang, out: &mut String) {
    let rows = found.ranking.iter().take(ROWS).filter_map(|row| {
        let candidate = findings.city.candidates.get(row.candidate as usize)?;
        let figures = findings.figures.get(row.candidate as usize);
        let count = |c: Option<crate::units::Count>| c.map_or_else(String::new, |c| format!("{:.0}", c.as_f64()));
        Some(vec![
            row.rank.map_or_else(String::new, |r| r.to_string()),
            candidate.id.clone(),
            candidate.name.clone(),
            say(lang, &format!("page.word.{}", row.eligibility.key()), &[]),
            row.score.map_or_else(String::new, |s| format!("{:.2}", f64::from(s.0) / 1e4)),
            count(figures.and_then(|f| f.elderly_60_new)),
            count(figures.and_then(|f| f.elderly_60_reach)),
        ])
    });
    let caption = caption(lang, "page.still.ranking", &found.pack.document, found.ranking.len());
    table(
        &caption,
        &headings(lang, &["col.rank", "col.id", "col.name", "col.eligibility", "col.score", "col.new", "col.reach"]),
        rows,
        out,
    );
}

fn communities(findings: &Findings, lang: Lang, out: &mut String) {
    let covers = &findings.coverage.communities;
    if covers.is_empty() {
        return;
    }
    let leading = findings.demand.leading_group();
    let rows = covers.iter().take(ROWS).filter_map(|cover| {
        let community = findings.city.communities.get(cover.community as usize)?;
        let group = cover.groups.iter().find(|g| Some(g.group) == leading);
        Some(vec![
            community.code.clone(),
            community.name.clone(),
            say(lang, &format!("page.word.{}", cover.status.key()), &[]),
            group.map_or_else(String::new, |g| format!("{:.0}", g.people.as_f64())),
            group.and_then(|g| g.share()).map_or_else(String::new, |s| format!("{:.1}%", s * 100.0)),
            cover.minutes.map_or_else(String::new, |m| format!("{m:.1}")),
        ])
    });
    let caption = caption(lang, "page.still.communities", "", covers.len());
    table(&caption, &headings(lang, &["col.code", "col.name", "col.status", "col.people", "col.share", "col.minutes"]), rows, out);
}
