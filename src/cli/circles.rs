//! `careshed circles`: the area within 5, 10, 15 minutes of each site, holes kept, as polygons.

use std::io;

use clap::{Args, ValueEnum};

use super::{Context, Outcome, StudyArgs};
use crate::city::City;
use crate::coverage::circles::{Asked, expected_pieces, times};
use crate::network::Network;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::read;
use crate::report::circles::{self, Site, Walks, Written};
use crate::report::output::OutputFolder;
use crate::report::{gpkg, run_record, summary, table};
use crate::settings::Settings;
use crate::space::LonLat;
use crate::study::{Watch, memory};

/// Which sites are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    /// 设施 · facilities
    Facilities,
    /// 候选点 · candidates
    Candidates,
    /// 两者 · both
    All,
}

/// Arguments of `circles`.
#[derive(Debug, Args)]
pub struct CirclesArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// 画设施、候选点或全部，默认为设施 · of which sites
    #[arg(long, value_enum, default_value_t = Of::Facilities)]
    of: Of,
    /// 只画这些设施或候选点，逗号分隔 · only these facilities or candidates, comma-separated
    #[arg(long, value_name = "A,B")]
    ids: Option<String>,
}

/// Runs the command.
pub fn run(args: &CirclesArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let settings = args.study.settings(&mut problems);
    let done = settings.and_then(|settings| {
        let written = write(&settings, args, context, &mut problems)?;
        if context.json() {
            put_line!("{}", summary::circles::json(&settings, &written, &problems));
        } else {
            put!("{}", summary::circles::text(&settings, &written, &problems, context.lang));
        }
        Some(())
    });
    if done.is_some() { Outcome::Done(problems) } else { Outcome::Wrong(problems) }
}

/// One site to draw.
struct Drawn<'a> {
    site: Site<'a>,
    place: Option<LonLat>,
    origin: &'a Origin,
}

/// Reads, snaps, draws and writes; `None` when something stops it, which is then among the problems.
fn write(settings: &Settings, args: &CirclesArgs, context: &Context, problems: &mut Problems) -> Option<Written> {
    let watch = context.watch();
    watch.step("read");
    memory::weigh_files(settings, problems);
    if problems.has_errors() {
        return None;
    }
    let city = read::city::read(settings, problems);
    watch.step("network");
    let network = Network::read(settings, problems);
    if settings.inputs.facilities.is_empty() && settings.inputs.candidates.is_empty() {
        problems.push(Problem::new(Code::E_NEED).field("facilities").with("hint", "--facilities facilities.csv"));
    }
    if settings.inputs.network.is_empty() {
        problems.push(Problem::new(Code::W_STRAIGHT).field("network").value(settings.detour));
    }
    let drawn = chosen(&city, args, problems);
    if problems.has_errors() {
        return None;
    }
    watch.step("snap");
    let places: Vec<Option<LonLat>> = drawn.iter().map(|d| d.place).collect();
    let spots = network.as_ref().map(|n| n.snap_all(&places, settings.snap));
    for (lost, _) in drawn.iter().zip(spots.iter().flatten()).filter(|(d, spot)| d.place.is_some() && spot.is_none()) {
        let id = lost.site.id;
        problems.push(Problem::new(Code::W_SNAP).at(lost.origin).value(id).with("what", id).with("limit", settings.snap));
    }
    let stamp = table::stamp_text(settings.detour);
    let walks = match (&network, &spots) {
        (Some(network), Some(spots)) => Walks::Streets { network, spots },
        _ => Walks::Straight { places: &places, detour: settings.detour, stamp: &stamp },
    };
    let sites: Vec<Site<'_>> = drawn.iter().map(|d| d.site).collect();
    let times = times(settings);
    let asked = Asked { times: &times, speed: settings.speed, buffer: settings.circle_buffer };
    if let (Some(network), Some(spots)) = (&network, &spots) {
        // Pieces of street are to a circle what pairs are to a table of reach.
        let pieces = expected_pieces(network, spots, asked);
        if let Err(problem) = memory::not_beyond_sense(settings, pieces) {
            problems.push(*problem);
            return None;
        }
    }
    watch.step("circles");
    let written = (|| -> Result<Written, Problem> {
        let Some(dir) = context.out() else {
            return circles::write(&sites, walks, asked, io::sink()).map_err(|e| Problem::new(Code::E_OUT).with("reason", e));
        };
        let mut out = OutputFolder::new(dir)?;
        let mut written = Written { sizes: Vec::new(), without: 0 };
        out.add("circles.geojson", |file| circles::write(&sites, walks, asked, file).map(|w| written = w))?;
        if settings.gpkg {
            gpkg::beside(&mut out, settings.as_of)?;
        }
        let options = args.options();
        let record = run_record::json("circles", &options, settings, &[], context.lang)
            .map_err(|error| Problem::new(Code::E_FILE).file("run.json").with("reason", error))?;
        out.add("run.json", |file| io::Write::write_all(file, record.as_bytes()))?;
        out.commit()?;
        Ok(written)
    })();
    written.map_err(|problem| problems.push(problem)).ok()
}

impl CirclesArgs {
    /// What `run.json` remembers of them.
    fn options(&self) -> Vec<(String, String)> {
        let of = match self.of {
            Of::Facilities => None,
            Of::Candidates => Some("candidates"),
            Of::All => Some("all"),
        };
        let of = of.map(|of| ("of".to_owned(), of.to_owned()));
        of.into_iter().chain(self.ids.as_ref().map(|ids| ("ids".to_owned(), ids.clone()))).collect()
    }
}

/// Facilities, then candidates, in file order, as far as asked for; with `ids` those of either. An id that nobody has is an error.
/// A study without facilities draws its candidates.
fn chosen<'a>(city: &'a City, args: &CirclesArgs, problems: &mut Problems) -> Vec<Drawn<'a>> {
    let facilities = city.facilities.iter().map(|f| (Site { id: &f.id, kind: "facility" }, f.place, &f.origin));
    let candidates = city.candidates.iter().map(|c| (Site { id: &c.id, kind: "candidate" }, c.place, &c.origin));
    let mut drawn: Vec<Drawn<'a>> = facilities.chain(candidates).map(|(site, place, origin)| Drawn { site, place, origin }).collect();
    if let Some(ids) = &args.ids {
        let wanted: Vec<&str> = ids.split([',', '，']).map(str::trim).filter(|id| !id.is_empty()).collect();
        if wanted.is_empty() {
            problems.push(super::setting("--ids", ids, "--ids F001,C001"));
        }
        for id in wanted.iter().filter(|id| !drawn.iter().any(|d| d.site.id == **id)) {
            problems.push(super::setting("--ids", id, "--ids F001,C001"));
        }
        drawn.retain(|d| wanted.contains(&d.site.id));
        return drawn;
    }
    match args.of {
        Of::All => {}
        Of::Candidates => drawn.retain(|d| d.site.kind == "candidate"),
        Of::Facilities => drawn.retain(|d| d.site.kind == "facility" || city.facilities.is_empty()),
    }
    drawn
}
