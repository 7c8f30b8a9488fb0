//! Real cities, where their files are at hand (`CARESHED_DATA`, or `../shared/data` beside the package).

use std::path::PathBuf;

use super::*;
use crate::network::reach::ReachTable;

/// A file of the real data, or a word on the terminal that it is not there.
fn data(test: &str, file: &str) -> Option<Input> {
    let folder = std::env::var_os("CARESHED_DATA").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    let path = folder.join(file);
    if !path.exists() {
        eprintln!("{test} skipped: no data ({file})");
        return None;
    }
    Some(Input { path, shown: file.to_owned(), ..Input::default() })
}

fn osm(input: &Input) -> Draft {
    let mut problems = Problems::default();
    let draft = osm::read(&[input], &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    draft.unwrap()
}

/// A regular grid of places over the streets, `step` degrees apart.
fn grid(network: &Network, step: f64) -> Vec<Option<LonLat>> {
    let (mut w, mut s, mut e, mut n) = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for v in network.streets().flatten() {
        (w, s, e, n) = (w.min(v.lon), s.min(v.lat), e.max(v.lon), n.max(v.lat));
    }
    let (columns, rows) = (((e - w) / step) as u32, ((n - s) / step) as u32);
    (0..rows)
        .flat_map(|y| (0..columns).map(move |x| LonLat::new(w + (f64::from(x) + 0.37) * step, s + (f64::from(y) + 0.53) * step)))
        .collect()
}

fn dump(table: &ReachTable) -> Vec<Vec<(usize, Millimetres)>> {
    (0..table.known().site_count()).map(|s| table.of_site(s).collect()).collect()
}

#[test]
fn helsinki_agrees_with_the_textbook_on_any_number_of_threads() {
    let Some(input) = data("helsinki", "helsinki/helsinki.osm.pbf") else { return };
    let draft = osm(&input);
    let network = Network::build(draft.clone(), Millimetres(2_000_000));
    eprintln!("Helsinki: {:?}", network.stats());
    assert_eq!(network.stats().pieces, 1);
    let sites = network.snap_all(&grid(&network, 0.003), Millimetres(100_000));
    let points = network.snap_all(&grid(&network, 0.0007), Millimetres(100_000));
    let limit = Millimetres(900_000);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| reach::build(&network, &sites, &points, limit))
    };
    let table = on(1);
    assert_eq!(dump(&table), dump(&on(2)));
    let mut compared = 0;
    for (s, site) in sites.iter().enumerate().filter_map(|(s, site)| site.map(|site| (s, site))).step_by(5) {
        let walks = textbook::walks_fast(&draft, site, &points);
        let within: Vec<(usize, Millimetres)> =
            walks.iter().enumerate().filter_map(|(p, mm)| mm.filter(|mm| *mm <= limit.0).map(|mm| (p, Millimetres(mm)))).collect();
        assert_eq!(table.of_site(s).collect::<Vec<_>>(), within);
        compared += within.len();
        let nearest = nearest::nearest(&network, &sites, &[s as u32], &points);
        assert_eq!(nearest, walks.iter().map(|w| w.map(|mm| (s as u32, Millimetres(mm)))).collect::<Vec<_>>());
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn no_town_of_malta_is_cut_off() {
    let Some(input) = data("malta", "malta/malta.osm.pbf") else { return };
    let network = Network::build(osm(&input), Millimetres(2_000_000));
    eprintln!("Malta: {:?}", network.stats());
    let towns = [
        ("Valletta", 14.5128, 35.8980),
        ("Sliema", 14.5030, 35.9125),
        ("Marsaxlokk", 14.5430, 35.8415),
        ("Mellieħa", 14.3640, 35.9560),
        ("Victoria, Gozo", 14.2397, 36.0443),
        ("Mġarr, Gozo", 14.2960, 36.0250),
        ("Comino", 14.3365, 36.0115),
    ];
    for (town, lon, lat) in towns {
        assert!(network.snap(LonLat { lon, lat }, Millimetres(100_000)).is_some(), "{town}");
    }
}

#[test]
fn kunmings_prj_lies_and_the_study_can_say_so() {
    let Some(mut input) = data("kunming", "kunming-roads/kunming_roads.shp") else { return };
    let mut problems = Problems::default();
    lines::read(&[&input], &mut problems);
    assert!(codes(&problems).contains(&"E-CRS-RANGE"), "{problems:?}");
    input.crs = Some("EPSG:4326".to_owned());
    let mut problems = Problems::default();
    let draft = lines::read(&[&input], &mut problems).unwrap();
    assert!(!problems.has_errors(), "{problems:?}");
    let network = Network::build(draft, Millimetres(2_000_000));
    eprintln!("Kunming: {:?} {:?}", network.stats(), codes(&problems));
    assert!(network.stats().edges > 20_000 && network.stats().length > Millimetres(1_000_000_000));
}
