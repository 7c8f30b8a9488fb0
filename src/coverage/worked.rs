//! The worked city by hand: every answer is known. Shared by the tests of demand, coverage and the norm in reach.
//!
//! ```text
//!   P9 ·30 m
//!  a ───300─── b ───300─── c ──200── k ·0.001· l ───────499.999─────── d     P1 at a, P2 at b, P3 at k, P4 at l, P5 at d
//!  │           │           │                                                P6 at e, P7 at g, P8 at i (a piece cut off)
//! 400         400         400                                               P10 far from every street
//!  │           │           │                                                F1 at f operating 600 m², F2 at d building, F3 at a closed
//!  e ───300─── f ───300─── g                             h ───250─── i
//! ```

use std::collections::BTreeMap;

use geo::{LineString, MultiPolygon, Polygon};

use crate::city::{Candidate, City, Community, CommunityKind, Counts, Facility, Given, Group, Status};
use crate::coverage::{Coverage, cover};
use crate::demand::{self, Demand};
use crate::network::reach::ReachTable;
use crate::problem::{Origin, Problems};
use crate::read::demand::DemandRecords;
use crate::settings::Settings;
use crate::space::LonLat;
use crate::units::{Count, Millimetres, SquareMetres};

/// A community of which nothing is known but its key.
pub fn community(code: &str, name: &str) -> Community {
    Community {
        code: code.into(),
        name: name.into(),
        county: None,
        county_code: None,
        street: None,
        kind: CommunityKind::Urban,
        counts: Counts::default(),
        registered: [None; 3],
        disabled: None,
        special_hardship: None,
        single_child_lost: None,
        built_year: None,
        old: None,
        is_centre: None,
        floor_area: None,
        boundary: None,
        place: None,
        extra: BTreeMap::new(),
        origin: Origin::default(),
    }
}

/// A facility of which nothing is known but its key and state.
pub fn facility(id: &str, status: Status) -> Facility {
    Facility {
        id: id.into(),
        name: id.into(),
        kind: None,
        place: None,
        community: None,
        serves: Vec::new(),
        floor_area: None,
        care_area: None,
        beds: None,
        meals: None,
        functions: None,
        status: Some(status),
        opened: None,
        use_changed: None,
        duplicate_of: None,
        extra: BTreeMap::new(),
        origin: Origin::default(),
    }
}

/// A candidate somewhere, of a size.
pub fn candidate(id: &str, floor_area: Option<f64>) -> Candidate {
    Candidate {
        id: id.into(),
        place: LonLat::new(112.563, 37.86),
        floor_area: floor_area.and_then(SquareMetres::new),
        ..Candidate::default()
    }
}

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> MultiPolygon<f64> {
    let ring = LineString::from(vec![(west, south), (east, south), (east, north), (west, north)]);
    MultiPolygon(vec![Polygon::new(ring, vec![])])
}

/// The four communities and three facilities.
pub fn city() -> City {
    let rows = [
        ("140105001001", "北街社区", CommunityKind::Urban, [370, 360, 324], rectangle(112.558863626, 37.8618018, 112.56795462, 37.8654056)),
        ("140105001002", "南街社区", CommunityKind::Urban, [410, 400, 355], rectangle(112.558863626, 37.8572970, 112.56795462, 37.8618018)),
        ("140105001201", "东坡村", CommunityKind::Village, [140, 130, 111], rectangle(112.56795462, 37.8609003, 112.57590924, 37.8654050)),
        ("140105001003", "岛上社区", CommunityKind::Urban, [70, 60, 66], rectangle(112.57590924, 37.8545927, 112.581591111, 37.8581966)),
    ];
    let communities = rows.map(|(code, name, kind, [households, occupied, elders], boundary)| {
        let mut c = community(code, name);
        c.kind = kind;
        c.counts[Group::Households] = Some(Count::whole(households));
        c.counts[Group::OccupiedHouseholds] = Some(Count::whole(occupied));
        c.counts[Group::Elderly60] = Some(Count::whole(elders));
        c.street = Some("示例街道".into());
        c.county = Some("示例区".into());
        c.county_code = Some("140105".into());
        c.boundary = Some(boundary);
        c
    });
    let facilities = [
        ("F1", Status::Operating, 600.0, 112.563409123, 37.859999951),
        ("F2", Status::Building, 800.0, 112.574772866, 37.863602876),
        ("F3", Status::Closed, 500.0, 112.56, 37.863603803),
    ]
    .map(|(id, status, area, lon, lat)| {
        let mut f = facility(id, status);
        f.floor_area = SquareMetres::new(area);
        f.place = LonLat::new(lon, lat);
        f
    });
    let mut city = City { communities: communities.to_vec(), facilities: facilities.to_vec(), ..City::default() };
    city.given = Given { communities: true, facilities: true, ..Given::default() };
    // By polygon: F1 stands in the south, F2 in the village, F3 in the north.
    for (f, host) in [1, 2, 0].into_iter().enumerate() {
        city.facilities[f].community = Some(host);
    }
    city
}

/// Id, lon, lat, community, households, elders.
type PointRow = (&'static str, f64, f64, u32, u64, u64);

/// `demand.csv` as read.
pub fn records() -> DemandRecords {
    let rows: [PointRow; 10] = [
        ("P1", 112.560000000, 37.863603803, 0, 120, 100),
        ("P2", 112.563409123, 37.863603753, 0, 200, 180),
        ("P3", 112.569090994, 37.863603452, 2, 40, 30),
        ("P4", 112.569147813, 37.863603448, 2, 40, 31),
        ("P5", 112.574772866, 37.863602876, 2, 60, 50),
        ("P6", 112.560000000, 37.860000000, 1, 90, 80),
        ("P7", 112.566818246, 37.859999803, 1, 300, 260),
        ("P8", 112.579886550, 37.856394516, 3, 70, 66),
        ("P9", 112.561704561, 37.863874063, 0, 50, 44),
        ("P10", 112.563409123, 37.858828714, 1, 20, 15),
    ];
    let column = |value: fn(&PointRow) -> u64| Some(rows.iter().map(|r| Some(Count::whole(value(r)))).collect());
    let mut records = DemandRecords {
        ids: rows.iter().map(|r| r.0).collect(),
        places: rows.iter().map(|r| LonLat::new(r.1, r.2)).collect(),
        communities: rows.iter().map(|r| r.3).collect(),
        origin: Origin { file: Some("demand.csv".into()), ..Origin::default() },
        rows: (2..12).collect(),
        ..DemandRecords::default()
    };
    records.counts[Group::Households as usize] = column(|r| r.4);
    records.counts[Group::Elderly60 as usize] = column(|r| r.5);
    records
}

/// Every walk up to 1,080 m (1.2 m/s for a quarter of an hour), added up along the drawing above.
pub fn reach() -> ReachTable {
    table(vec![
        // P1, P2, P3, P4, P6, P7, P9 from F1 at f.
        vec![(0, 700_000), (1, 400_000), (2, 900_000), (3, 900_001), (5, 300_000), (6, 300_000), (8, 580_000)],
        // From F2 at d: P2 at b, P3 at k, P4 at l, P5 at d.
        vec![(1, 1_000_000), (2, 500_000), (3, 499_999), (4, 0)],
        // From F3 at a: P7 is a-b-c-g = 1,000.
        vec![(0, 0), (1, 300_000), (2, 800_000), (3, 800_001), (5, 400_000), (6, 1_000_000), (8, 180_000)],
    ])
}

/// The table of any sites over the ten points, of which P8 and P10 are unknown.
pub fn table(rows: Vec<Vec<(u32, u32)>>) -> ReachTable {
    let known = (0..10).map(|p| p != 7 && p != 9).collect();
    let sites = vec![true; rows.len()];
    ReachTable::new(rows, sites, known, Millimetres(1_080_000))
}

/// Nearest counting facility of each point, however far: F1 alone counts.
pub fn nearest() -> Vec<Option<(u32, Millimetres)>> {
    [Some(700_000), Some(400_000), Some(900_000), Some(900_001), Some(1_400_000), Some(300_000), Some(300_000), None, Some(580_000), None]
        .map(|d| d.map(|d| (0, Millimetres(d))))
        .to_vec()
}

/// City, people and coverage as the program makes them.
pub fn covered() -> (Settings, City, Demand, Coverage) {
    let (settings, city) = (Settings::default(), city());
    let demand = demand::place(&settings, &city, Some(records()), &mut Problems::default());
    let coverage = cover(&settings, &city, &demand, &reach(), nearest(), None);
    (settings, city, demand, coverage)
}
