//! `careshed matrix`: walking times from facilities to demand points, only pairs within the limit, streamed.

use clap::Args;

use super::{Context, Outcome, StudyArgs};
use crate::network::Network;
use crate::network::matrix::{self as walking, Walks};
use crate::problem::{Code, Problem, Problems};
use crate::report::matrix::{self, Matrix};
use crate::report::output::OutputFolder;
use crate::report::{run_record, table};
use crate::settings::Settings;
use crate::space::LonLat;
use crate::study::{Watch, memory};
use crate::{demand, read};

/// Arguments of `matrix`.
#[derive(Debug, Args)]
pub struct MatrixArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// 每个人口点只留最近的 K 个设施 · only the K nearest facilities of each demand point
    #[arg(long, value_name = "K")]
    nearest: Option<usize>,
}

/// Runs the command.
pub fn run(args: &MatrixArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let settings = args.study.settings(&mut problems);
    let done = settings.and_then(|settings| write(&settings, args.nearest, context, &mut problems));
    if done.is_some() { Outcome::Done(problems) } else { Outcome::Wrong(problems) }
}

/// Reads, snaps and writes; `None` when something stops it, which is then among the problems.
fn write(settings: &Settings, k: Option<usize>, context: &Context, problems: &mut Problems) -> Option<()> {
    let watch = context.watch();
    watch.step("read");
    memory::weigh_files(settings, problems);
    if problems.has_errors() {
        return None;
    }
    let city = read::city::read(settings, problems);
    let records = read::demand::read(settings, &city, problems);
    watch.step("network");
    let network = Network::read(settings, problems);
    for (missing, what) in [(settings.inputs.facilities.is_empty(), "facilities"), (context.out().is_none(), "--out")] {
        if missing {
            problems.push(Problem::new(Code::E_NEED).field(what).with("hint", "careshed matrix … --facilities f.csv --out result"));
        }
    }
    if settings.inputs.demand.is_empty() && settings.inputs.communities.is_empty() {
        problems.push(Problem::new(Code::E_NEED).field("demand").with("hint", "--demand d.csv"));
    }
    if k == Some(0) {
        problems.push(super::setting("--nearest", "0", "--nearest 3"));
    }
    if settings.inputs.network.is_empty() {
        problems.push(Problem::new(Code::W_STRAIGHT).field("network").value(settings.detour));
    }
    if problems.has_errors() {
        return None;
    }
    // A demand file is taken as it stands, in its order; without one the points are those that people are spread over.
    let (ids, points): (Vec<String>, Vec<Option<LonLat>>) = match records {
        Some(records) => {
            let ids = (0..records.places.len()).map(|i| records.ids.get(i).map(str::to_owned).unwrap_or_else(|| format!("d{i}"))).collect();
            (ids, records.places)
        }
        None => {
            let demand = demand::place(settings, &city, None, problems);
            ((0..demand.len()).map(|i| demand.id(i)).collect(), demand.places.iter().copied().map(Some).collect())
        }
    };
    let facilities: Vec<String> = city.facilities.iter().map(|f| f.id.clone()).collect();
    let sites: Vec<Option<LonLat>> = city.facilities.iter().map(|f| f.place).collect();
    watch.step("snap");
    let snapped = network.as_ref().map(|n| (n.snap_all(&sites, settings.snap), n.snap_all(&points, settings.snap)));
    let walks = match (&network, &snapped) {
        (Some(network), Some((sites, points))) => Walks::Streets { network, sites, points },
        _ => Walks::Straight { sites: &sites, points: &points, detour: settings.detour },
    };
    if let Some((site_spots, point_spots)) = &snapped {
        for (facility, _) in city.facilities.iter().zip(site_spots).filter(|(f, spot)| f.place.is_some() && spot.is_none()) {
            problems.push(
                Problem::new(Code::W_SNAP).at(&facility.origin).value(&facility.id).with("what", &facility.id).with("limit", settings.snap),
            );
        }
        let lost = points.iter().zip(point_spots).filter(|(place, spot)| place.is_some() && spot.is_none()).count();
        if lost > 0 {
            let what = format!("{lost} / {}", points.len());
            problems.push(Problem::new(Code::W_SNAP).field("demand").value(&what).with("what", &what).with("limit", settings.snap));
        }
    }
    let (reach, pairs) = walking::searches(walks, settings.speed.reach(settings.limit));
    if let Err(problem) = memory::not_beyond_sense(settings, pairs) {
        problems.push(*problem);
        return None;
    }
    watch.step("reach");
    reach.search();
    watch.step("write");
    let stamp = network.is_none().then(|| table::stamp_text(settings.detour));
    let matrix = Matrix { facilities: &facilities, demand: &ids, speed: settings.speed, nearest: k, stamp: stamp.as_deref() };
    let written = (|| -> Result<(), Problem> {
        let mut out = OutputFolder::new(context.out().unwrap_or_else(|| std::path::Path::new(".")))?;
        out.add("matrix.csv", |file| matrix::write(&reach, &matrix, file))?;
        let options: Vec<(String, String)> = k.map(|k| ("nearest".to_owned(), k.to_string())).into_iter().collect();
        let record = run_record::json("matrix", &options, settings, &[], context.lang)
            .map_err(|error| Problem::new(Code::E_FILE).file("run.json").with("reason", error))?;
        out.add("run.json", |file| std::io::Write::write_all(file, record.as_bytes()))?;
        out.commit()?;
        Ok(())
    })();
    match written {
        Ok(()) => Some(()),
        Err(problem) => {
            problems.push(problem);
            None
        }
    }
}
