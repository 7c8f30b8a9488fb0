//! Memory: what a study will need, said before it is needed.
//!
//! Files are weighed before they are read, the table of reach before it is searched. What cannot fit is refused with the estimate
//! (E-MEMORY); a table of reach that cannot is worked off in [parts](crate::network::parts), which changes no result. The figures below
//! were measured on synthetic cities and are rounded up.

use crate::city::City;
use crate::demand::Demand;
use crate::network::Network;
use crate::network::parts::{BYTES_PER_PAIR, Parts};
use crate::network::reach::Reach;
use crate::problem::{Code, Problem, Problems};
use crate::read::Input;
use crate::settings::Settings;
use crate::units::Bytes;

/// The program itself, its tables of coordinate systems, its threads.
const ITSELF: u64 = 40 << 20;
/// Beside its columns, what snapping, coverage and the norm keep of each demand point at most at once.
const PER_POINT: u64 = 110;
/// A community with its boundary, its row and its place on the page.
const PER_COMMUNITY: u64 = 12_000;
/// A facility or candidate with its figures, verdicts and rows.
const PER_SITE: u64 = 14_000;
/// More pairs of site and point than any walk makes: a province of five million buildings has forty million within a quarter of an hour.
const MOST_PAIRS: u64 = 4_000_000_000;
/// Fewer sites at a time than this make the search slow beyond use.
const FEWEST: u64 = 16;

/// Weighs the input files of a study; those that will not fit are named with their estimates, largest first.
pub fn weigh_files(settings: &Settings, problems: &mut Problems) {
    let Some(limit) = settings.memory else { return };
    let registers = |input: &'_ Input| input.register.as_ref().map(|r| r.input.clone());
    let tables = settings.inputs.tables();
    let inputs = tables.iter().flat_map(|(_, list)| list.iter()).flat_map(|i| [Some(i.clone()), registers(i)]).flatten();
    let mut weighed: Vec<(u64, Input)> = inputs.map(|input| (expected(&input), input)).collect();
    // A workbook or GeoPackage may hold several tables: it is one file.
    weighed.sort_by(|a, b| a.1.path.cmp(&b.1.path));
    weighed.dedup_by(|a, b| a.1.path == b.1.path);
    weighed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.shown.cmp(&b.1.shown)));
    let all = ITSELF + weighed.iter().map(|w| w.0).sum::<u64>();
    if all <= limit.0 {
        return;
    }
    // The largest, and whatever is not small beside it.
    let largest = weighed.first().map_or(0, |w| w.0);
    for (bytes, input) in weighed.iter().take_while(|w| w.0 * 10 >= largest) {
        let file = std::fs::metadata(&input.path).map_or(0, |m| m.len());
        problems.push(
            Problem::new(Code::E_MEMORY)
                .file(&input.shown)
                .field("--memory")
                .value(Bytes(file))
                .why("@why.memory.file")
                .with("need", Bytes(*bytes))
                .with("all", Bytes(all))
                .with("limit", limit),
        );
    }
}

/// About how much memory a file's contents take while they are worked on, by its size and kind.
fn expected(input: &Input) -> u64 {
    let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |m| m.len());
    let extension = input.path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    let times = match extension.as_str() {
        "pbf" => 22,
        // Mostly nodata, packed.
        "tif" | "tiff" => 8,
        // A compressed sheet, unpacked and held whole.
        "xlsx" | "xlsm" => 30,
        "xls" => 10,
        "shp" => 3,
        // A shapefile, packed to about a third.
        "zip" => 9,
        "gpkg" | "geojson" | "json" => 2,
        _ => 4,
    };
    let beside = if extension == "shp" { size(&input.path.with_extension("dbf")).max(size(&input.path.with_extension("DBF"))) } else { 0 };
    (size(&input.path) + beside) * times
}

/// `Err` (E-LIMIT) where a limit would have so many pairs of site and point that it must be a slip.
pub fn not_beyond_sense(settings: &Settings, pairs: u64) -> Result<(), Box<Problem>> {
    if pairs <= MOST_PAIRS {
        return Ok(());
    }
    Err(Box::new(
        Problem::new(Code::E_LIMIT)
            .field("walking.limit")
            .value(format!("{} min", settings.limit.minutes()))
            .why("@why.limit.pairs")
            .with("pairs", pairs)
            .with("need", Bytes(pairs.saturating_mul(BYTES_PER_PAIR)))
            .with("hint", "@why.limit.pairs.hint"),
    ))
}

/// Decides how many sites are searched at a time; `Err` where even few would not fit, or where the limit is beyond sense.
pub fn divide(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    network: Option<&Network>,
    reach: &mut Parts<'_>,
) -> Result<(), Box<Problem>> {
    let sites = reach.known().site_count() as u64;
    let pairs = reach.expected_pairs();
    not_beyond_sense(settings, pairs)?;
    let Some(limit) = settings.memory else { return Ok(()) };
    // Each thread has a search of its own.
    let searches = rayon::current_num_threads() as u64 * 4 * network.map_or(0, |n| u64::from(n.stats().junctions));
    let held = ITSELF
        + network.map_or(0, Network::bytes)
        + searches
        + demand.bytes()
        + demand.len() as u64 * PER_POINT
        + city.communities.len() as u64 * PER_COMMUNITY
        + sites * PER_SITE;
    let for_pairs = limit.0.saturating_sub(held);
    if pairs * BYTES_PER_PAIR <= for_pairs {
        return Ok(());
    }
    let at_a_time = (u128::from(for_pairs) * u128::from(sites) / u128::from(pairs.max(1)) / u128::from(BYTES_PER_PAIR)) as u64;
    if at_a_time < FEWEST.min(sites) {
        let least = held + pairs / sites.max(1) * FEWEST * BYTES_PER_PAIR;
        return Err(Box::new(
            Problem::new(Code::E_MEMORY)
                .field("--memory")
                .value(limit)
                .why("@why.memory.parts")
                .with("need", Bytes(least))
                .with("all", Bytes(held + pairs * BYTES_PER_PAIR))
                .with("limit", limit),
        ));
    }
    reach.set_at_a_time(at_a_time as usize);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{
        self,
        output::{Job, OutputFolder},
    };
    use crate::settings::file::{self, Flags};
    use crate::study::{self, Goal};
    use crate::words::Lang;

    #[test]
    fn files_that_will_not_fit_are_named_with_their_estimate() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: usize| {
            std::fs::write(dir.path().join(name), vec![b' '; bytes]).unwrap();
            Input { path: dir.path().join(name), shown: name.to_owned(), ..Input::default() }
        };
        let mut settings = Settings { memory: Some(Bytes(60 << 20)), ..Settings::default() };
        settings.inputs.demand = vec![file("楼栋.csv", 8 << 20)];
        settings.inputs.communities = vec![file("small.csv", 1000)];
        let mut problems = Problems::default();
        weigh_files(&settings, &mut problems);
        assert_eq!(problems.iter().map(|p| (p.code, p.origin.file.as_deref())).collect::<Vec<_>>(), [(Code::E_MEMORY, Some("楼栋.csv"))]);
        let said = problems.iter().next().unwrap().message(Lang::En);
        assert!(said.contains("34 MB") && said.contains("63 MB"), "{said}");
        settings.memory = Some(Bytes(1 << 30));
        let mut none = Problems::default();
        weigh_files(&settings, &mut none);
        assert!(none.is_empty());
    }

    /// Remembers into how many parts a run was divided.
    #[derive(Default)]
    struct Parted(std::sync::atomic::AtomicUsize);

    impl crate::study::Watch for Parted {
        fn step(&self, _: &'static str) {}
        fn note(&self, word: &'static str, with: &[(&str, &str)]) {
            assert_eq!(word, "note.parts");
            self.0.store(with[0].1.parse().unwrap(), std::sync::atomic::Ordering::Relaxed);
        }
    }

    #[test]
    fn a_city_worked_off_in_four_parts_or_more_gives_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let city = dir.path().join("city");
        std::fs::create_dir(&city).unwrap();
        crate::synth::write(&crate::synth::Options::new(60, 3), &city).unwrap();
        let explored = |memory: Option<Bytes>| {
            let mut problems = Problems::default();
            let mut settings = file::load(Some(&city.join("study.toml")), &Flags::default(), &mut problems).unwrap();
            // Many people reach many sites, so that the table weighs something beside the rest.
            settings.limit = crate::units::Milliseconds(7_200_000);
            settings.memory = memory;
            (settings.within, settings.sensitivity) = (Some(3), true);
            let parted = Parted::default();
            let found = study::explore(settings, Goal::Rank, &parted);
            (found, parted.0.into_inner())
        };
        let written = |findings: &study::Findings, name: &str| {
            let mut folder = OutputFolder::new(dir.path().join(name)).unwrap();
            folder.add_all(report::cover_files(findings, Lang::Zh)).unwrap();
            folder.add_all(report::rank_files(findings, Lang::Zh)).unwrap();
            folder.add_all(report::edge_files(findings)).unwrap();
            folder.add_all(vec![Job::new("report.html", |file| report::page::write(findings, None, Lang::Zh, file))]).unwrap();
            let mut files: Vec<_> = folder.commit().unwrap();
            files.sort();
            files.iter().map(|f| (f.file_name().unwrap().to_owned(), std::fs::read(f).unwrap())).collect::<Vec<_>>()
        };
        let whole = explored(None).0.unwrap_or_else(|p| panic!("{p:?}"));
        // About the least memory with which it still runs.
        let (mut refused, mut enough) = (1 << 20, 256 << 20);
        while enough - refused > 200_000 {
            let middle = (refused + enough) / 2;
            match explored(Some(Bytes(middle))).0 {
                Ok(_) => enough = middle,
                Err(problems) => {
                    assert!(problems.iter().any(|p| p.code == Code::E_MEMORY), "{problems:?}");
                    refused = middle;
                }
            }
        }
        let (parted, parts) = explored(Some(Bytes(enough)));
        assert!(parts >= 4, "{parts}");
        let (parted, whole) = (written(&parted.unwrap(), "parts"), written(&whole, "whole"));
        for name in ["report.html", "flip.csv", "sensitivity.csv", "communities.csv", "totals.csv", "candidates.csv", "verdicts.csv"] {
            assert!(whole.iter().any(|(file, bytes)| file == name && !bytes.is_empty()), "{name}");
        }
        // Named one by one: a page of megabytes is no message.
        for ((name, part), (_, all)) in parted.iter().zip(&whole) {
            assert!(part == all, "{name:?}");
        }
        assert_eq!(parted.len(), whole.len());
    }
}
