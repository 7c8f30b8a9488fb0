//! The picture and the tables that stand in the page itself, for a browser that runs no script.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use geo::{Area, MultiPolygon};
use rayon::prelude::*;

use super::lines::{extent, simplified, strokes};
use super::places::{flat_boundary, ring_spots, tally};
use super::plane::{Plane, Spot};
use super::planned::Planned;
use crate::city::CommunityKind;
use crate::coverage::{CoverStatus, Level};
use crate::settings::Scope;
use crate::study::Findings;
use crate::words::{Lang, say};

/// Width and height of the picture, in its own units.
const FRAME: [f64; 2] = [1000.0, 700.0];
/// Rows written out in each table.
const ROWS: usize = 200;
/// Up to so many strokes of streets are drawn.
const STREETS: usize = 4000;

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

    /// A line in the picture, without repeated points.
    fn points(&self, spots: &[Spot]) -> Vec<[i32; 2]> {
        let mut points: Vec<[i32; 2]> = spots.iter().map(|s| self.at(*s)).collect();
        points.dedup();
        points
    }
}

/// Course of an SVG path, in whole units and relative steps: what stands in every page must be short.
#[derive(Debug, Default)]
struct Course {
    d: String,
    /// Where a relative step starts from.
    at: [i32; 2],
}

impl Course {
    fn step(&mut self, to: [i32; 2], command: Option<char>) {
        let [x, y] = [to[0] - self.at[0], to[1] - self.at[1]];
        match command {
            Some(c) => self.d.push(c),
            None if x >= 0 => self.d.push(' '),
            None => {}
        }
        let _ = write!(self.d, "{x}{}{y}", if y < 0 { "" } else { " " });
        self.at = to;
    }

    /// A line through points of the picture; a closed one ends where it began.
    fn line(&mut self, points: &[[i32; 2]], closed: bool) {
        let [first, rest @ ..] = points else { return };
        self.step(*first, Some('m'));
        for (i, point) in rest.iter().enumerate() {
            self.step(*point, (i == 0).then_some('l'));
        }
        if closed {
            self.d.push('z');
            self.at = *first;
        }
    }

    /// A square around a point.
    fn square(&mut self, [x, y]: [i32; 2], half: i32) {
        self.step([x - half, y - half], Some('m'));
        let _ = write!(self.d, "h{0}v{0}h-{0}z", 2 * half);
    }

    /// A ring; where it is hardly wider than a stroke of the pen, its box.
    fn ring(&mut self, ring: &[[i32; 2]]) {
        let range = |axis: usize| {
            let values = ring.iter().map(|p| p[axis]);
            (values.clone().min().unwrap_or(0), values.max().unwrap_or(0))
        };
        let ((west, east), (north, south)) = (range(0), range(1));
        let (w, h) = ((east - west).max(1), (south - north).max(1));
        if w < SMALL && h < SMALL {
            self.step([west, north], Some('m'));
            let _ = write!(self.d, "h{w}v{h}h-{w}z");
            return;
        }
        let closed: Vec<[i32; 2]> = ring.iter().chain(ring.first()).copied().collect();
        let kept = simplified(&closed, 0.7);
        self.line(&kept[..kept.len() - 1], true);
    }
}

/// Units of the picture below which an area is drawn as its box.
const SMALL: i32 = 7;
/// Above so many communities, facilities or candidates they share a path, or are left out, and have no name of their own in the picture.
const NAMED: usize = 500;
/// Units between specks, where facilities are many.
const APART: i32 = 3;

/// The static part of the page's body.
pub fn still(findings: &Findings, planned: Option<&Planned<'_>>, plane: &Plane, lang: Lang) -> String {
    let mut out = String::new();
    headline(findings, lang, &mut out);
    if let Some(planned) = planned {
        plan(findings, planned, lang, &mut out);
    }
    picture(findings, planned, plane, lang, &mut out);
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

fn picture(findings: &Findings, planned: Option<&Planned<'_>>, plane: &Plane, lang: Lang, out: &mut String) {
    let city = &findings.city;
    let boundaries: Vec<Option<MultiPolygon<f64>>> = city.communities.par_iter().map(|c| flat_boundary(c, plane)).collect();
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
    let named = boundaries.len() <= NAMED;
    // By status and tenths of strength where they are many, so that a shared path looks as its own would.
    let mut shared: BTreeMap<(&str, String), Course> = BTreeMap::new();
    for (i, boundary) in boundaries.iter().enumerate() {
        let mut course = Course::default();
        let strength = if named { format!("{:.2}", strengths[i]) } else { format!("{:.1}", strengths[i]) };
        let drawn = if named { &mut course } else { shared.entry((status[i].key(), strength.clone())).or_default() };
        for polygon in boundary.iter().flat_map(|b| &b.0) {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                drawn.ring(&frame.points(&ring_spots(ring, 1)));
            }
        }
        if !course.d.is_empty() {
            let name = escape(&city.communities[i].name);
            let _ = write!(
                out,
                r#"<path class="c-{}" fill-opacity="{strength}" d="{}"><title>{name}</title></path>"#,
                status[i].key(),
                course.d
            );
        }
    }
    for ((key, strength), course) in shared {
        let _ = write!(out, r#"<path class="c-{key} many" fill-opacity="{strength}" d="{}"/>"#, course.d);
    }
    streets(findings, plane, &frame, out);
    marks(findings, planned, plane, &frame, out);
    out.push_str("</svg>");
    let _ = write!(out, "<p>{}</p>", escape(&say(lang, if planned.is_some() { "page.plan.still.key" } else { "page.still.key" }, &[])));
}

/// The main roads, the longest first.
fn streets(findings: &Findings, plane: &Plane, frame: &Frame, out: &mut String) {
    let most = if findings.streets.len() > 100_000 { 0 } else { 1 };
    let drawn = findings.streets.par_iter().filter(|s| s.class <= most);
    let lines: Vec<Vec<Spot>> =
        drawn.map(|s| frame.points(&s.line.iter().map(|p| plane.spot(*p)).collect::<Vec<_>>())).filter(|l| l.len() > 1).collect();
    let mut joined: Vec<Vec<Spot>> = strokes(&lines).iter().map(|s| simplified(s, 0.7)).collect();
    joined.sort_by_key(|line| std::cmp::Reverse(extent(line)));
    let mut course = Course::default();
    for line in joined.iter().take(STREETS).filter(|line| line.len() > 1) {
        course.line(line, false);
    }
    if !course.d.is_empty() {
        let _ = write!(out, r#"<path class="st" d="{}"/>"#, course.d);
    }
}

/// Facilities and candidates. Where they are many, only facilities that count, as specks in one path, and the best candidates: more would
/// hide the city they are about.
fn marks(findings: &Findings, planned: Option<&Planned<'_>>, plane: &Plane, frame: &Frame, out: &mut String) {
    let city = &findings.city;
    let mut counts = vec![false; city.facilities.len()];
    for i in &findings.coverage.counting {
        if let Some(slot) = counts.get_mut(*i as usize) {
            *slot = true;
        }
    }
    let (mut shared, mut taken) = (Course::default(), BTreeSet::new());
    for (facility, counts) in city.facilities.iter().zip(counts) {
        let Some(place) = facility.place else { continue };
        let [x, y] = frame.at(plane.spot(place));
        if city.facilities.len() > NAMED {
            if counts && taken.insert([x, y].map(|v| v.div_euclid(APART))) {
                shared.square([x, y], 1);
            }
            continue;
        }
        let class = if counts { "f-counts" } else { "f-other" };
        let (x, y, name) = (x - 4, y - 4, escape(&facility.name));
        let _ = write!(out, r#"<rect class="{class}" x="{x}" y="{y}" width="8" height="8"><title>{name}</title></rect>"#);
    }
    let numbered: Vec<(u32, Option<u32>)> = match planned {
        // The order of the plan, then everybody else.
        Some(planned) => {
            let order: Vec<u32> = planned.candidates().collect();
            let others = (0..city.candidates.len() as u32).filter(|c| !order.contains(c)).map(|c| (c, None));
            order.iter().enumerate().map(|(k, c)| (*c, Some(k as u32 + 1))).chain(others).collect()
        }
        None => findings.packs.first().map_or(&[][..], |p| &p.ranking).iter().map(|row| (row.candidate, row.rank)).collect(),
    };
    let mut best = String::new();
    // The best last, so that they lie on top.
    for (candidate, number) in numbered.iter().rev() {
        let Some(candidate) = city.candidates.get(*candidate as usize) else { continue };
        let Some(place) = candidate.place else { continue };
        let [x, y] = frame.at(plane.spot(place));
        let name = escape(&candidate.name);
        match number.filter(|r| *r <= 99 || planned.is_some()) {
            Some(rank) => {
                let _ = write!(
                    best,
                    r#"<g><title>{name}</title><circle class="k" cx="{x}" cy="{y}" r="9"/><text x="{x}" y="{}">{rank}</text></g>"#,
                    y + 4
                );
            }
            None if numbered.len() > NAMED => {}
            None => {
                let _ = write!(best, r#"<circle class="k-off" cx="{x}" cy="{y}" r="4"><title>{name}</title></circle>"#);
            }
        }
    }
    if !shared.d.is_empty() {
        let _ = write!(out, r#"<path class="f-counts many" d="{}"/>"#, shared.d);
    }
    out.push_str(&best);
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

/// The plan: how far it is proven, the shares before and after, and its sites; or why there is none.
fn plan(findings: &Findings, planned: &Planned<'_>, lang: Lang, out: &mut String) {
    let _ = write!(out, "<h2>{}</h2>", escape(&say(lang, "page.plan.tab", &[])));
    for line in planned.said(lang) {
        let _ = write!(out, "<p>{}</p>", escape(&line));
    }
    if !planned.found() {
        return;
    }
    let settings = &findings.settings;
    let scope = if findings.city.communities.is_empty() { Scope::All } else { settings.scope };
    let leading = findings.demand.leading_group();
    let after = planned.after.coverage.totals.iter().find(|t| t.scope == scope && Some(t.group) == leading);
    let before = findings.coverage.totals.iter().find(|t| {
        t.level == Level::All && t.scope == scope && Some(t.group) == leading && t.speed == settings.speed && t.limit == settings.limit
    });
    if let (Some(before), Some(after)) = (before, after) {
        let share = |t: &crate::coverage::Total| {
            let share = t.covered.share_of(t.known).map(|s| format!("{:.1}%", s * 100.0));
            share.unwrap_or_else(|| say(lang, "page.unknown", &[]))
        };
        let newly = format!("{:.0}", after.covered.minus(before.covered).as_f64());
        let with = [("before", &share(before)[..]), ("after", &share(after)), ("newly", &newly)];
        let _ = write!(out, "<p>{}</p>", escape(&say(lang, "page.plan.still.shares", &with)));
    }
    let rows = planned.rows().enumerate().filter_map(|(k, row)| {
        let candidate = findings.city.candidates.get(row.candidate as usize)?;
        let number = |n: Option<super::number::Num>, decimals: usize| n.map_or_else(String::new, |n| format!("{:.decimals$}", n.value()));
        let most: Vec<String> = row
            .communities
            .iter()
            .take(3)
            .map(|(community, people)| format!("{} {:.0}", findings.city.communities[*community as usize].name, people.as_f64()))
            .collect();
        Some(vec![
            (k + 1).to_string(),
            candidate.id.clone(),
            candidate.name.clone(),
            number(row.gain, 0),
            number(row.cost, 2),
            most.join(&say(lang, "page.comma", &[])),
        ])
    });
    let gain = format!("plan.gain.{}", planned.gain_of());
    let heads = ["plan.col.order", "plan.col.id", "plan.col.name", &gain, "plan.col.cost", "plan.col.most"];
    table(&say(lang, "page.plan.table", &[]), &headings(lang, &heads), rows, out);
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
