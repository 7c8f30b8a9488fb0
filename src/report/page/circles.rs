//! The service circles of the sites that are drawn, simplified until they fit.

use geo::MultiPolygon;
use rayon::prelude::*;
use serde::Serialize;

use super::chosen::Chosen;
use super::lines::simplified;
use super::number::Num;
use super::packed::Packed;
use super::places::ring_spots;
use super::plane::{Plane, Spot, flat};
use crate::coverage::circles::{self, SiteCircles};
use crate::study::Findings;

/// Characters that circles may take.
const BUDGET: usize = 1_400_000;
/// Decimetres of one step.
const UNIT: i32 = 10;
/// Steps by which an outline may leave its course: far less than the 30 m by which a circle is wider than its streets.
const SLACK: f64 = 2.0;

/// The circles of the map.
#[derive(Debug, Default, Serialize)]
pub struct Circles {
    unit: i32,
    /// Minutes of each walking time.
    bands: Vec<Num>,
    /// By facility: for each walking time that has an area its index, how many rings, and the rings; empty if not written.
    facilities: Vec<String>,
    /// The same by candidate of the page.
    candidates: Vec<String>,
    /// Sites whose circles are not on the page.
    left_out: usize,
}

/// Circles of candidates in the order of rank, then of facilities in file order, until the budget is used up.
pub fn circles(findings: &Findings, plane: &Plane, chosen: &Chosen) -> Circles {
    let facilities = findings.city.facilities.len();
    if findings.circles.is_empty() {
        return Circles::default();
    }
    let times = circles::times(&findings.settings);
    let text = |site: usize| {
        let found = findings.circles.get(site).and_then(Option::as_ref);
        found.map_or_else(String::new, |found| text_of(found, &times, plane))
    };
    let mut out = Circles {
        unit: UNIT,
        bands: times.iter().map(|t| Num::new(t.minutes(), 2)).collect(),
        candidates: chosen.kept.par_iter().map(|c| text(facilities + *c as usize)).collect(),
        facilities: (0..facilities).into_par_iter().map(text).collect(),
        left_out: 0,
    };
    let mut used = 0;
    let mut keep = |text: &mut String| {
        if used + text.len() > BUDGET {
            text.clear();
        }
        used += text.len();
    };
    chosen.ranked(findings).for_each(|c| keep(&mut out.candidates[c as usize]));
    out.facilities.iter_mut().for_each(keep);
    // A site that no street knows has no circle to leave out.
    let sites = (0..facilities).zip(&out.facilities).chain(chosen.kept.iter().map(|c| facilities + *c as usize).zip(&out.candidates));
    let known = |site: usize| site < findings.reach.site_count() && findings.reach.site_known(site);
    out.left_out = sites.filter(|(site, text)| text.is_empty() && known(*site)).count();
    out
}

fn text_of(found: &SiteCircles, times: &[crate::units::Milliseconds], plane: &Plane) -> String {
    let (mut packed, mut last) = (Packed::default(), [0, 0]);
    for circle in &found.circles {
        let Some(band) = times.iter().position(|t| *t == circle.time) else { continue };
        let area: MultiPolygon<f64> = flat(&circle.outline.to_multi_polygon(), plane);
        let rings = area.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        let drawn: Vec<Vec<Spot>> = rings.map(|ring| simple(ring_spots(ring, UNIT))).filter(|spots| spots.len() >= 3).collect();
        packed.push(band as u64);
        packed.push(drawn.len() as u64);
        for spots in drawn {
            packed.push(spots.len() as u64);
            spots.into_iter().for_each(|spot| packed.push_step(&mut last, spot));
        }
    }
    packed.finish()
}

/// A ring without the points that nobody would miss.
fn simple(mut ring: Vec<Spot>) -> Vec<Spot> {
    ring.extend(ring.first().copied());
    let mut kept = simplified(&ring, SLACK);
    kept.pop();
    kept
}
