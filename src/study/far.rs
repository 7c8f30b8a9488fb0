//! Sites far from everything, where no boundary says what outside is: most likely their coordinates are wrong.

use rstar::{AABB, PointDistance, RTree};

use crate::city::City;
use crate::demand::Demand;
use crate::network::{Network, measured};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::space::LonLat;
use crate::space::local::LocalFrame;
use crate::units::Millimetres;

/// Farther than this from every street and from wherever people live is elsewhere (ours, after the 5 km of E-OUTSIDE).
const FAR: Millimetres = Millimetres(5_000_000);
/// Points are thinned to one in a cell of this many degrees, about a hundred metres, so that a million of them are soon looked at.
const CELL: f64 = 0.001;

/// W-OUTSIDE for each facility and candidate that is more than 5 km from every street and from every demand point. A warning and no error:
/// without boundaries nobody has said where the study ends. With any boundary [`crate::read::link`] has judged already.
pub fn look(city: &City, demand: &Demand, network: Option<&Network>, problems: &mut Problems) {
    if city.communities.iter().any(|c| c.boundary.is_some()) || demand.is_empty() && network.is_none() {
        return;
    }
    let facilities = city.facilities.iter().map(|f| (&f.id, f.place, &f.origin));
    let candidates = city.candidates.iter().map(|c| (&c.id, c.place, &c.origin));
    let off_streets: Vec<(&String, LonLat, &Origin)> = facilities
        .chain(candidates)
        .filter_map(|(id, place, origin)| Some((id, place?, origin)))
        .filter(|(_, place, _)| network.is_none_or(|network| network.snap(*place, FAR).is_none()))
        .collect();
    if off_streets.is_empty() {
        return;
    }
    let people = inhabited(&demand.places);
    let mut notes = Notes::default();
    for (id, place, origin) in off_streets {
        let problem = Problem::new(Code::W_OUTSIDE).at(origin).field("lon").value(id);
        if people.size() == 0 {
            notes.push(problem.why("@why.outside.streets"));
        } else if let Some(distance) = beyond(&people, place) {
            notes.push(problem.why("@why.outside.people").with("metres", format!("{distance:.0}")));
        }
    }
    notes.report(problems);
}

/// Where people live, thinned.
fn inhabited(places: &[LonLat]) -> RTree<[f64; 2]> {
    let mut cells: Vec<[i32; 2]> = places.iter().map(|p| [p.lon, p.lat].map(|d| (d / CELL).round() as i32)).collect();
    cells.sort_unstable();
    cells.dedup();
    RTree::bulk_load(cells.into_iter().map(|cell| cell.map(|n| f64::from(n) * CELL)).collect())
}

/// Metres to the nearest of these points, if it is too far.
fn beyond(points: &RTree<[f64; 2]>, place: LonLat) -> Option<f64> {
    let (per_lon, per_lat) = LocalFrame::at(place).metres_per_degree();
    let metres = |[lon, lat]: [f64; 2]| measured(place, LonLat { lon, lat });
    let (x, y) = (FAR.metres() / per_lon.max(1.0) + CELL, FAR.metres() / per_lat + CELL);
    let around = AABB::from_corners([place.lon - x, place.lat - y], [place.lon + x, place.lat + y]);
    if points.locate_in_envelope(around).any(|point| metres(*point) <= FAR.metres()) {
        return None;
    }
    // The nearest by degrees is near enough to be told.
    let nearest = points.iter().min_by(|a, b| {
        let far = |p: &[f64; 2]| p.distance_2(&[place.lon, place.lat]);
        far(a).total_cmp(&far(b))
    });
    nearest.map(|point| metres(*point))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::sample::facility;

    fn found(lons: &[f64], people: &[f64], network: Option<&Network>) -> Vec<String> {
        let at = |lon: f64| LonLat { lon, lat: 37.0 };
        let facilities = lons.iter().map(|lon| crate::city::Facility { place: Some(at(*lon)), ..facility(&lon.to_string()) }).collect();
        let city = City { facilities, ..City::default() };
        let demand = Demand { places: people.iter().map(|lon| at(*lon)).collect(), ..Demand::default() };
        let mut problems = Problems::default();
        look(&city, &demand, network, &mut problems);
        assert!(problems.iter().all(|p| p.code == Code::W_OUTSIDE));
        problems.iter().map(|p| p.value.clone().unwrap()).collect()
    }

    #[test]
    fn five_kilometres_from_everybody_is_elsewhere() {
        // 5 km are 0.0562 of a degree of longitude here.
        assert_eq!(found(&[112.0, 112.05, 112.07, 121.5], &[112.0, 111.99], None), ["112.07", "121.5"]);
        assert!(found(&[112.0, 121.5], &[], None).is_empty(), "nothing to compare with");
    }

    #[test]
    fn a_street_nearby_is_enough() {
        let network = Network::grid(3, 3, 200.0);
        let on = network.line(network.edges().next().unwrap())[0];
        let city = City { facilities: vec![crate::city::Facility { place: Some(on), ..facility("F1") }], ..City::default() };
        let mut problems = Problems::default();
        let demand = Demand { places: vec![LonLat { lon: on.lon + 1.0, lat: on.lat }], ..Demand::default() };
        look(&city, &demand, Some(&network), &mut problems);
        assert!(problems.is_empty());
        look(&city, &demand, None, &mut problems);
        assert_eq!(problems.iter().count(), 1);
    }
}
