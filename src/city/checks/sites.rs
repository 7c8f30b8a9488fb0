//! Facilities and candidates: ids, and the same facility written down twice.

use std::collections::{HashMap, HashSet};

use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use super::duplicate;
use crate::city::{Candidate, Facility, Status};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem};
use crate::space::LonLat;
use crate::space::local::{LocalFrame, geodesic_mm};
use crate::units::Millimetres;

/// Facilities no farther apart are taken for one (contracts §2).
const SAME_PLACE: Millimetres = Millimetres(30_000);

/// Gives every site without an id its name (numbered where the name repeats), and reports ids that occur twice (E-DUP).
fn settle_ids<'a>(sites: impl IntoIterator<Item = (&'a mut String, &'a str, &'a Origin)>, notes: &mut Notes) {
    let mut sites: Vec<_> = sites.into_iter().collect();
    let mut taken: HashSet<String> = sites.iter().map(|(id, ..)| (**id).clone()).filter(|id| !id.is_empty()).collect();
    let mut first: HashMap<String, Origin> = HashMap::with_capacity(sites.len());
    for (id, name, origin) in &mut sites {
        if id.is_empty() {
            let numbered = (2u32..).map(|n| format!("{name}#{n}"));
            **id = std::iter::once((*name).to_owned()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or_default();
            taken.insert((**id).clone());
        } else if let Some(first) = first.get(id.as_str()) {
            notes.push(duplicate("id", id, origin, first));
            continue;
        }
        first.insert((**id).clone(), (*origin).clone());
    }
}

/// Ids of candidates.
pub fn candidate_ids(candidates: &mut [Candidate], notes: &mut Notes) {
    settle_ids(candidates.iter_mut().map(|c| (&mut c.id, c.name.as_str(), &c.origin)), notes);
}

/// Ids of facilities.
pub fn facility_ids(facilities: &mut [Facility], notes: &mut Notes) {
    settle_ids(facilities.iter_mut().map(|f| (&mut f.id, f.name.as_str(), &f.origin)), notes);
}

/// Marks repetitions of a facility: the same name, or within 30 m (inclusive, along the ellipsoid).
///
/// The one that stands is the first in file order that operates, so that a closed entry never takes the area of an operating one.
/// A name that is only the word for a kind (日间照料中心) identifies nothing.
pub fn duplicates(facilities: &mut [Facility], notes: &mut Notes) {
    let points = facilities.iter().enumerate().filter_map(|(i, f)| f.place.map(|p| GeomWithData::new([p.lon, p.lat], i)));
    let tree = RTree::bulk_load(points.collect());
    let mut order: Vec<usize> = (0..facilities.len()).collect();
    order.sort_by_key(|i| (facilities[*i].status != Some(Status::Operating), *i));
    let mut stands = vec![false; facilities.len()];
    let mut named: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<(usize, usize, Option<Millimetres>)> = Vec::new();
    for &i in &order {
        let f = &facilities[i];
        let proper = !f.name.is_empty() && f.kind.as_deref() != Some(f.name.as_str());
        let same_name = proper.then(|| named.get(f.name.as_str())).flatten().map(|j| (*j, None));
        let near = f.place.into_iter().flat_map(|place| within(&tree, place)).filter(|(j, _)| stands[*j]).map(|(j, d)| (j, Some(d)));
        match same_name.into_iter().chain(near).min() {
            Some((j, distance)) => found.push((i, j, distance)),
            None => {
                stands[i] = true;
                if proper {
                    named.insert(f.name.as_str(), i);
                }
            }
        }
    }
    found.sort_unstable();
    for (i, j, distance) in found {
        facilities[i].duplicate_of = Some(j as u32);
        let reason = if distance.is_some() { "@why.duplicate.near" } else { "@why.duplicate.name" };
        let metres = distance.unwrap_or_default().metres();
        let problem = Problem::new(Code::W_DUP_FACILITY).at(&facilities[i].origin).field("id").value(&facilities[i].id).why(reason);
        notes.push(problem.with("other", &facilities[j].id).with("metres", format!("{metres:.1}")));
    }
}

/// Facilities within 30 m of a place.
fn within(tree: &RTree<GeomWithData<[f64; 2], usize>>, place: LonLat) -> Vec<(usize, Millimetres)> {
    let (per_lon, per_lat) = LocalFrame::at(place).metres_per_degree();
    // A little wider than needed; the ellipsoid decides.
    let (x, y) = (31.0 / per_lon.max(1.0), 31.0 / per_lat);
    let around = AABB::from_corners([place.lon - x, place.lat - y], [place.lon + x, place.lat + y]);
    let near = tree.locate_in_envelope(around).filter_map(|p| {
        let [lon, lat] = *p.geom();
        let distance = geodesic_mm(place, LonLat { lon, lat });
        (distance <= SAME_PLACE).then_some((p.data, distance))
    });
    near.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::sample::facility;
    use crate::problem::Problems;

    fn told(notes: Notes) -> Vec<(Code, String)> {
        let mut problems = Problems::default();
        notes.report(&mut problems);
        problems.iter().map(|p| (p.code, p.value.clone().unwrap())).collect()
    }

    fn at(id: &str, lon: f64) -> Facility {
        Facility { place: LonLat::new(lon, 37.0), name: id.to_owned(), status: Some(Status::Operating), ..facility(id) }
    }

    #[test]
    fn ids_that_occur_twice_are_errors_and_missing_ones_are_made_of_names() {
        let mut all = [facility("F1"), facility("F1"), facility(""), facility("")];
        all[2].name = "福安".into();
        all[3].name = "福安".into();
        let mut notes = Notes::default();
        facility_ids(&mut all, &mut notes);
        assert_eq!(all.map(|f| f.id), ["F1", "F1", "福安", "福安#2"]);
        assert_eq!(told(notes)[0], (Code::E_DUP, "F1".into()));
    }

    /// ```text
    ///   A ──29 m── B ──29 m── C          D (far away, same name as A)
    /// ```
    #[test]
    fn the_same_name_or_thirty_metres_make_a_repetition() {
        let metre = 1.0 / 89_000.0;
        let mut all = [at("A", 112.0), at("B", 112.0 + 29.0 * metre), at("C", 112.0 + 58.0 * metre), at("D", 112.5)];
        all[3].name = "A".into();
        let mut notes = Notes::default();
        duplicates(&mut all, &mut notes);
        assert_eq!(all.each_ref().map(|f| f.duplicate_of), [None, Some(0), None, Some(0)]);
        assert_eq!(told(notes).iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::W_DUP_FACILITY; 2]);
    }

    #[test]
    fn a_closed_entry_never_takes_the_place_of_an_operating_one() {
        let mut all = [at("A", 112.0), at("B", 112.0)];
        all[0].status = Some(Status::Closed);
        duplicates(&mut all, &mut Notes::default());
        assert_eq!(all.map(|f| f.duplicate_of), [Some(1), None]);
    }

    #[test]
    fn the_word_for_a_kind_is_no_name() {
        let mut all = [at("A", 112.0), at("B", 112.5)];
        for f in &mut all {
            f.name = "日间照料中心".into();
            f.kind = Some("日间照料中心".into());
        }
        duplicates(&mut all, &mut Notes::default());
        assert_eq!(all.map(|f| f.duplicate_of), [None, None]);
    }
}
