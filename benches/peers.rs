//! careshed's side of the comparison with its peers: one piece of work, measured inside, one line `key=value` for each figure.
//!
//! `benches/peers/run.py` builds and calls this; see `benches/peers/README.md`. Threads: `RAYON_NUM_THREADS`. Processor time is the
//! scheduler's account of every thread (Linux); elsewhere wall-clock time stands in, which is the same on one idle core.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use careshed::city::place::CommunityIndex;
use careshed::network::{Network, Spot, reach};
use careshed::problem::Problems;
use careshed::read;
use careshed::settings::Settings;
use careshed::settings::file::{self, Flags};
use careshed::space::LonLat;
use careshed::units::Millimetres;

type Done = Result<(), Box<dyn std::error::Error>>;

const USAGE: &str = "\
peers grid SIDE METRES SOURCES LIMIT_M SAMPLE FOLDER   bounded search on SIDE x SIDE corners METRES apart
peers city FILE.osm.pbf SOURCES LIMIT_M FOLDER         every node within LIMIT_M of SOURCES nodes
peers pbf FILE.osm.pbf                                 the file to a network ready for searching and snapping
peers snap FILE.osm.pbf PLACES FOLDER                  places to their nearest street within 100 m
peers within STUDY.toml FOLDER                         communities and demand read, each point to the community it lies in
Answers are written into FOLDER; `-` writes none.";

fn main() -> Done {
    // `cargo bench` hands its own flags over; without a piece of work there is nothing to do.
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["grid", side, metres, sources, limit, sample, folder] => {
            grid(side.parse()?, metres.parse()?, sources.parse()?, limit.parse()?, sample.parse()?, answers(folder))
        }
        ["city", file, sources, limit, folder] => city(file, sources.parse()?, limit.parse()?, answers(folder)),
        ["pbf", file] => pbf(file),
        ["snap", file, places, folder] => snap(file, places.parse()?, answers(folder)),
        ["within", study, folder] => within(study, answers(folder)),
        _ => {
            println!("{USAGE}");
            Ok(())
        }
    }
}

/// Where answers go, if they are wanted.
fn answers(folder: &str) -> Option<PathBuf> {
    (folder != "-").then(|| folder.into())
}

fn grid(side: u32, metres: f64, sources: usize, limit: u64, sample: usize, folder: Option<PathBuf>) -> Done {
    let network = Network::grid(side, side, metres);
    let nodes: Vec<u32> = (0..sources as u64).map(|i| (i * 618_033_989 % u64::from(side * side)) as u32).collect();
    let (south_west, north_east) = network.bounds().ok_or("no streets")?;
    // The corners as the grid draws them, row by row; anything nearer than a millimetre is the corner itself.
    let at = |n: u32| {
        let share = |i: u32| f64::from(i) / f64::from(side - 1);
        LonLat {
            lon: south_west.lon + share(n % side) * (north_east.lon - south_west.lon),
            lat: south_west.lat + share(n / side) * (north_east.lat - south_west.lat),
        }
    };
    let places: Vec<Option<LonLat>> = nodes.iter().map(|n| Some(at(*n))).collect();
    let sites = at_vertices(&network, &places)?;
    let (limit, _) = (Millimetres(limit * 1000), reach::build(&network, &sites[..sources.min(100)], &[], Millimetres(1000)));
    let cost = Cost::of(|| reach::build(&network, &sites, &[], limit)).0;
    println!("nodes={}\nsources={sources}\nwall_s={:.4}\ncpu_s={:.4}", side * side, cost.wall, cost.cpu);
    println!("sources_per_cpu_s={:.0}", sources as f64 / cost.cpu);
    if let Some(folder) = folder {
        let corners: Vec<Option<LonLat>> = (0..side * side).map(|n| Some(at(n))).collect();
        let table = reach::build(&network, &sites[..sample], &at_vertices(&network, &corners)?, limit);
        write_pairs(&folder.join("grid.csv"), &nodes[..sample], &table)?;
    }
    Ok(())
}

fn city(file: &str, sources: usize, limit: u64, folder: Option<PathBuf>) -> Done {
    let network = network_of(file)?;
    // Nodes are ends of edges, told apart by where they are.
    let ends = |e: u32| [network.line(e)[0], network.line(e)[network.line(e).len() - 1]];
    let key = |p: LonLat| (p.lon.to_bits(), p.lat.to_bits());
    let mut nodes: Vec<(u64, u64)> = network.edges().flat_map(ends).map(key).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let places: Vec<Option<LonLat>> =
        nodes.iter().map(|(lon, lat)| Some(LonLat { lon: f64::from_bits(*lon), lat: f64::from_bits(*lat) })).collect();
    let chosen: Vec<u32> = (0..sources.min(nodes.len())).map(|i| (i * nodes.len() / sources.min(nodes.len())) as u32).collect();
    // Where another street passes without a junction a place does not say which of the two is meant.
    let inner = |e: u32| network.line(e)[1..network.line(e).len() - 1].iter().copied().map(key);
    let mut passed: Vec<(u64, u64)> = network.edges().flat_map(inner).collect();
    passed.sort_unstable();
    let alone: Vec<bool> = nodes.iter().map(|n| passed.binary_search(n).is_err()).collect();
    let points: Vec<Option<Spot>> =
        at_vertices(&network, &places)?.into_iter().zip(&alone).map(|(spot, alone)| spot.filter(|_| *alone)).collect();
    let sites: Vec<Option<Spot>> = chosen.iter().map(|n| points[*n as usize]).collect();
    let limit = Millimetres(limit * 1000);
    let (cost, table) = Cost::of(|| reach::build(&network, &sites, &points, limit));
    println!("nodes={}\nedges={}\nsources={}", nodes.len(), network.stats().edges, sites.len());
    println!("wall_s={:.5}\ncpu_s={:.5}\nsources_per_cpu_s={:.0}", cost.wall, cost.cpu, sites.len() as f64 / cost.cpu);
    if let Some(folder) = folder {
        let mut out = BufWriter::new(File::create(folder.join("nodes.csv"))?);
        writeln!(out, "lon,lat,compared")?;
        for (p, alone) in places.iter().flatten().zip(&alone) {
            writeln!(out, "{},{},{}", p.lon, p.lat, u8::from(*alone))?;
        }
        let mut out = BufWriter::new(File::create(folder.join("edges.csv"))?);
        writeln!(out, "from,to,mm")?;
        for e in network.edges() {
            let [a, b] = ends(e).map(|p| nodes.binary_search(&key(p)).unwrap_or(usize::MAX));
            writeln!(out, "{a},{b},{}", network.length_of(e).0)?;
        }
        write_pairs(&folder.join("city.csv"), &chosen, &table)?;
        let mut out = BufWriter::new(File::create(folder.join("sources.csv"))?);
        writeln!(out, "node")?;
        for node in chosen {
            writeln!(out, "{node}")?;
        }
    }
    Ok(())
}

fn pbf(file: &str) -> Done {
    let (cost, network) = Cost::of(|| network_of(file));
    let stats = network?.stats();
    println!("wall_s={:.4}\ncpu_s={:.4}", cost.wall, cost.cpu);
    println!("edges={}\nnodes={}\njunctions={}\nmetres={:.0}", stats.edges, stats.nodes, stats.junctions, stats.length.metres());
    Ok(())
}

fn snap(file: &str, count: u32, folder: Option<PathBuf>) -> Done {
    let network = network_of(file)?;
    let (south_west, north_east) = network.bounds().ok_or("no streets")?;
    // Strewn by two multiplicative sequences: the same on every machine.
    let share = |i: u32, by: u64| f64::from((u64::from(i) * by % 1_000_003) as u32) / 1_000_003.0;
    let at = |i| LonLat {
        lon: south_west.lon + share(i, 618_034) * (north_east.lon - south_west.lon),
        lat: south_west.lat + share(i, 414_214) * (north_east.lat - south_west.lat),
    };
    let places: Vec<Option<LonLat>> = (1..=count).map(|i| Some(at(i))).collect();
    let (cost, spots) = Cost::of(|| network.snap_all(&places, Millimetres(100_000)));
    println!("places={count}\nwall_s={:.5}\ncpu_s={:.5}\nsnapped={}", cost.wall, cost.cpu, spots.iter().flatten().count());
    if let Some(folder) = folder {
        let mut out = BufWriter::new(File::create(folder.join("places.csv"))?);
        writeln!(out, "lon,lat,leg_mm")?;
        for (p, spot) in places.iter().flatten().zip(&spots) {
            writeln!(out, "{},{},{}", p.lon, p.lat, spot.map(|s| s.leg().0.to_string()).unwrap_or_default())?;
        }
        let mut out = BufWriter::new(File::create(folder.join("streets.csv"))?);
        writeln!(out, "wkt")?;
        for line in network.streets() {
            let course: Vec<String> = line.iter().map(|v| format!("{} {}", v.lon, v.lat)).collect();
            writeln!(out, "\"LINESTRING ({})\"", course.join(", "))?;
        }
    }
    Ok(())
}

fn within(study: &str, folder: Option<PathBuf>) -> Done {
    let mut problems = Problems::default();
    let mut settings = file::load(Some(Path::new(study)), &Flags::default(), &mut problems).ok_or("the study has an error")?;
    for other in [
        &mut settings.inputs.estates,
        &mut settings.inputs.counties,
        &mut settings.inputs.facilities,
        &mut settings.inputs.candidates,
        &mut settings.inputs.network,
    ] {
        other.clear();
    }
    let (communities, city) = Cost::of(|| read::city::read(&settings, &mut problems));
    let (demand, records) = Cost::of(|| read::demand::read(&settings, &city, &mut problems));
    let places = records.ok_or("the study has no demand")?.places;
    let (lookup, found) = Cost::of(|| {
        let index = CommunityIndex::new(&city.communities);
        places.iter().map(|p| p.and_then(|p| index.find(p))).collect::<Vec<_>>()
    });
    println!("communities={}\npoints={}\nfound={}", city.communities.len(), places.len(), found.iter().flatten().count());
    for (name, cost) in [("geojson", communities), ("csv", demand), ("lookup", lookup)] {
        println!("{name}_wall_s={:.4}\n{name}_cpu_s={:.4}", cost.wall, cost.cpu);
    }
    if let Some(folder) = folder {
        let mut out = BufWriter::new(File::create(folder.join("within.csv"))?);
        writeln!(out, "code")?;
        for f in &found {
            writeln!(out, "{}", f.map(|c| city.communities[c as usize].code.to_string()).unwrap_or_default())?;
        }
    }
    Ok(())
}

/// A network of one file.
fn network_of(file: &str) -> Result<Network, Box<dyn std::error::Error>> {
    let mut settings = Settings::default();
    settings.inputs.network = vec![read::Input { path: file.into(), shown: file.to_owned(), ..read::Input::default() }];
    Network::read(&settings, &mut Problems::default()).ok_or_else(|| format!("{file} gives no network").into())
}

/// Spots of places that are vertices.
fn at_vertices(network: &Network, places: &[Option<LonLat>]) -> Result<Vec<Option<Spot>>, Box<dyn std::error::Error>> {
    let spots = network.snap_all(places, Millimetres(1));
    if spots.iter().all(|s| s.is_some_and(|s| s.leg() == Millimetres(0))) { Ok(spots) } else { Err("a node is not on its street".into()) }
}

/// `source,node,mm` of every pair within reach.
fn write_pairs(path: &Path, sources: &[u32], table: &reach::ReachTable) -> Done {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "source,node,mm")?;
    for (i, source) in sources.iter().enumerate() {
        for (node, walk) in table.of_site(i) {
            writeln!(out, "{source},{node},{}", walk.0)?;
        }
    }
    Ok(())
}

/// What a piece of work took.
struct Cost {
    wall: f64,
    cpu: f64,
}

impl Cost {
    fn of<T>(work: impl FnOnce() -> T) -> (Cost, T) {
        let (since, spent) = (Instant::now(), spent());
        let result = work();
        let wall = since.elapsed().as_secs_f64();
        let cpu = spent.zip(self::spent()).map_or(wall, |(before, after)| after - before);
        (Cost { wall, cpu }, result)
    }
}

/// Seconds of processor time that the threads of this program have had.
fn spent() -> Option<f64> {
    // Make the pool's threads now, or their time would be missing before and counted after.
    rayon_threads_exist();
    let nanoseconds = |path: &Path| std::fs::read_to_string(path).ok()?.split(' ').next()?.parse::<u64>().ok();
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    tasks.map(|t| nanoseconds(&t.ok()?.path().join("schedstat"))).sum::<Option<u64>>().map(|ns| ns as f64 / 1e9)
}

fn rayon_threads_exist() {
    rayon::broadcast(|_| ());
}
