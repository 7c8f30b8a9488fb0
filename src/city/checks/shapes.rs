//! Boundaries that cross themselves, are empty, or lie over one another.

use geo::{Area, BooleanOps, BoundingRect, MultiPolygon};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::city::Community;
use crate::city::shape::{self, Mended};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::space::LonLat;
use crate::space::local::LocalFrame;

/// A repair that changes more than this share of the area is no repair but another shape: E-GEOM.
const LARGEST_REPAIR: f64 = 0.001;
/// Overlaps up to this many square metres are the slivers of two hands drawing one border.
const SLIVER_M2: f64 = 1.0;

/// Boundaries as they can be used, one for each given; W-GEOM where one was repaired, E-GEOM where it is empty or the repair would
/// change it. The search for faults runs in parallel, the report keeps the order.
pub fn mend(boundaries: Vec<Option<MultiPolygon<f64>>>, origins: &[&Origin], notes: &mut Notes) -> Vec<Option<MultiPolygon<f64>>> {
    let mended: Vec<Option<Mended>> = boundaries.par_iter().map(|b| b.as_ref().map(shape::mend)).collect();
    let settle = |((boundary, mended), origin): ((Option<MultiPolygon<f64>>, Option<Mended>), &&Origin)| match mended? {
        Mended::Sound => boundary,
        Mended::Empty => {
            notes.push(Problem::new(Code::E_GEOM).at(origin).field("geometry").why("@why.geom.empty"));
            None
        }
        Mended::Repaired { boundary, changed, at } => {
            let (code, reason) =
                if changed > LARGEST_REPAIR { (Code::E_GEOM, "@why.geom.changed") } else { (Code::W_GEOM, "@why.geom.repaired") };
            let problem = Problem::new(code).at(origin).field("geometry").value(format!("{:.6} {:.6}", at.x, at.y));
            notes.push(problem.why(reason).with("percent", format!("{:.3}", changed * 100.0)));
            Some(boundary)
        }
    };
    boundaries.into_iter().zip(mended).zip(origins).map(settle).collect()
}

type Boxed = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// W-OVERLAP for every pair of communities that share more than a sliver.
pub fn overlaps(communities: &[Community], problems: &mut Problems) {
    let boxes = communities.iter().enumerate().filter_map(|(i, c)| {
        let rect = c.boundary.as_ref()?.bounding_rect()?;
        Some(GeomWithData::new(Rectangle::from_corners(rect.min().into(), rect.max().into()), i))
    });
    let boxes: Vec<Boxed> = boxes.collect();
    let tree = RTree::bulk_load(boxes.clone());
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for one in &boxes {
        let around = AABB::from_corners(one.geom().lower(), one.geom().upper());
        pairs.extend(tree.locate_in_envelope_intersecting(around).map(|other| (one.data, other.data)).filter(|(a, b)| a < b));
    }
    pairs.sort_unstable();
    let areas: Vec<Option<f64>> = pairs.par_iter().map(|(a, b)| shared(&communities[*a], &communities[*b])).collect();
    let mut notes = Notes::default();
    for ((a, b), area) in pairs.iter().zip(areas) {
        let Some(area) = area else { continue };
        let (first, second) = (&communities[*a], &communities[*b]);
        let problem = Problem::new(Code::W_OVERLAP).at(&second.origin).field("geometry").value(format!("{} × {}", first.code, second.code));
        notes.push(problem.with("area", format!("{area:.1}")).with("name", &second.name).with("other", &first.name));
    }
    notes.report(problems);
}

/// Square metres that two communities share, when more than a sliver.
fn shared(a: &Community, b: &Community) -> Option<f64> {
    let both = a.boundary.as_ref()?.intersection(b.boundary.as_ref()?);
    let middle = both.bounding_rect()?.center();
    let (per_lon, per_lat) = LocalFrame::at(LonLat::from(middle)).metres_per_degree();
    // The quick planar area decides on slivers; what is printed is exact.
    (both.unsigned_area() * per_lon * per_lat > SLIVER_M2).then(|| shape::area(&both).value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::sample::community;
    use geo::polygon;

    fn square(x: f64, side: f64) -> MultiPolygon<f64> {
        let (x0, y0) = (112.0 + x, 37.0);
        MultiPolygon(vec![polygon![(x: x0, y: y0), (x: x0 + side, y: y0), (x: x0 + side, y: y0 + side), (x: x0, y: y0 + side)]])
    }

    fn codes(notes: Notes) -> Vec<Code> {
        let mut problems = Problems::default();
        notes.report(&mut problems);
        problems.iter().map(|p| p.code).collect()
    }

    #[test]
    fn a_bow_tie_is_an_error_a_small_loop_a_warning_and_an_empty_boundary_an_error() {
        let bow = MultiPolygon(vec![polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 2.0), (x: 2.0, y: 0.0), (x: 0.0, y: 2.0)]]);
        let looped = polygon![
            (x: 0.0, y: 0.0), (x: 10.0, y: 0.0), (x: 10.0, y: 10.0), (x: 0.01, y: 10.0),
            (x: -0.01, y: 9.99), (x: -0.01, y: 10.0), (x: 0.0, y: 9.98),
        ];
        let drawn = [Some(square(0.0, 0.01)), Some(bow), None, Some(MultiPolygon(vec![looped])), Some(MultiPolygon(Vec::new()))];
        let origin = Origin::default();
        let mut notes = Notes::default();
        let mended = mend(drawn.to_vec(), &[&origin; 5], &mut notes);
        assert_eq!(mended[0], drawn[0]);
        assert_eq!(mended.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, true, false]);
        assert_eq!(codes(notes), [Code::E_GEOM, Code::W_GEOM, Code::E_GEOM]);
    }

    #[test]
    fn overlapping_communities_are_named_with_their_area_and_neighbours_are_not() {
        let mut all = vec![community("1"), community("2"), community("3"), community("4")];
        all[0].boundary = Some(square(0.0, 0.01));
        all[1].boundary = Some(square(0.01, 0.01));
        all[2].boundary = Some(square(0.019, 0.01));
        let mut problems = Problems::default();
        overlaps(&all, &mut problems);
        let found: Vec<&Problem> = problems.iter().collect();
        assert_eq!(found.iter().map(|p| (p.code, p.value.as_deref())).collect::<Vec<_>>(), [(Code::W_OVERLAP, Some("2 × 3"))]);
        let area: f64 = found[0].with.iter().find(|(k, _)| *k == "area").unwrap().1.parse().unwrap();
        // 0.001° × 0.01° at 37° north is about 89 m × 1110 m.
        assert!((area - 98_800.0).abs() < 500.0, "{area}");
    }
}
