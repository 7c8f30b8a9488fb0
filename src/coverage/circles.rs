//! Service circles: the streets a site reaches in time, made into areas that can be seen and counted.
//!
//! **The law.** Every spot of street reached in time lies inside the circle; every point inside is within the buffer (30 m unless set)
//! of such a spot, measured on the ground. A block whose middle is farther than the buffer from every reached street is a hole.
//! The last street is cut exactly where the time ends. A larger band holds the smaller one.
//!
//! **How.** The stretches of [`Network::reached_streets`] become convex pieces a touch narrower than the buffer (`pieces`): ribbons
//! along the streets, pies at their ends and corners. Their union (`union`) is taken on whole numbers of 10⁻⁷ degree,
//! the very digits that are written (`frame`), so nothing is rounded afterwards. The next band starts from the union of the one before.

mod frame;
mod outline;
mod pieces;
mod simplify;
pub mod straight;
#[cfg(test)]
mod tests;
mod union;

use rayon::prelude::*;

use crate::network::streets::{Reacher, Stretch, without};
use crate::network::{Network, Spot};
use crate::settings::Settings;
use crate::units::{Millimetres, Milliseconds, SquareMetres, WalkingSpeed};
use frame::Frame;
pub use outline::Outline;
use pieces::Pieces;
use union::Union;

/// Sites whose circles are held at once while they are handed out: enough for all threads, little enough for any memory.
const AT_A_TIME: usize = 256;
/// Share of the buffer that is kept back for the simplification of streets, arcs drawn as chords, and tiny holes.
const KEPT_BACK: f64 = 0.025;
/// Share of the buffer by which a simplified street may leave the drawn one; well below [`KEPT_BACK`].
const SIMPLER: f64 = 0.012;
/// Metres kept back for whole numbers of 10⁻⁷ degree (1.1 cm) and the little the union moves a crossing.
const ROUNDING: f64 = 0.08;
/// The least buffer: below this a whole number of 10⁻⁷ degree would be a large part of it.
pub const LEAST_BUFFER: Millimetres = Millimetres(1_000);

/// The circle of a site for one walking time.
#[derive(Debug, Clone, PartialEq)]
pub struct Circle {
    /// Walking time.
    pub time: Milliseconds,
    /// The area with its holes.
    pub outline: Outline,
    /// Area on the ellipsoid, holes subtracted.
    pub area: SquareMetres,
}

/// The circles of one site, the smallest walking time first. A time within which not even the site's own street is reached has none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SiteCircles {
    /// One for each walking time.
    pub circles: Vec<Circle>,
}

/// The walking times of a study's circles: its bands and its limit, ascending, each once.
pub fn times(settings: &Settings) -> Vec<Milliseconds> {
    let mut times: Vec<Milliseconds> = settings.bands.iter().copied().chain([settings.limit]).collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// How wide and for which walking times.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Walking times, ascending.
    pub times: &'a [Milliseconds],
    /// Walking speed.
    pub speed: WalkingSpeed,
    /// How far the circle may reach beyond the street; at least [`LEAST_BUFFER`].
    pub buffer: Millimetres,
}

/// The circles of each spot, in order and in parallel; `None` for a site that is on no street: its circle is unknown, not empty.
pub fn circles(network: &Network, spots: &[Option<Spot>], asked: Asked<'_>) -> Vec<Option<SiteCircles>> {
    let drawer = Drawer::new(network, asked);
    // Those to be drawn may all stand at one end of the list: little goes to a thread at a time.
    let draw = |bench: &mut Workbench, spot: &Option<Spot>| spot.map(|spot| drawer.draw(bench, spot));
    spots.par_iter().with_max_len(8).map_init(Workbench::default, draw).collect()
}

/// About how many pieces of street all circles together are made of: those of some sites strewn evenly, times all.
pub fn expected_pieces(network: &Network, spots: &[Option<Spot>], asked: Asked<'_>) -> u64 {
    let known: Vec<Spot> = spots.iter().copied().flatten().collect();
    let sample = known.len().min(16);
    let reach = asked.times.last().map_or(Millimetres(0), |time| asked.speed.reach(*time));
    let some: Vec<Option<Spot>> = (0..sample).map(|i| Some(known[i * known.len() / sample])).collect();
    let pieces: u64 = network.map_reached(&some, reach, |stretches| stretches.len() as u64).into_iter().flatten().sum();
    (u128::from(pieces) * known.len() as u128 * asked.times.len() as u128 / sample.max(1) as u128) as u64
}

/// Makes something of the circles of each spot, in parallel, and hands it on in the order of the spots; never holds more than some hundred.
/// The first error of `hand_on` ends the work.
pub fn for_each_site<T: Send, E>(
    network: &Network,
    spots: &[Option<Spot>],
    asked: Asked<'_>,
    make: impl Fn(usize, Option<SiteCircles>) -> T + Sync,
    mut hand_on: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let drawer = Drawer::new(network, asked);
    for (chunk, some) in spots.chunks(AT_A_TIME).enumerate() {
        let draw = |bench: &mut Workbench, (i, spot): (usize, &Option<Spot>)| {
            make(chunk * AT_A_TIME + i, spot.map(|spot| drawer.draw(bench, spot)))
        };
        let made: Vec<T> = some.par_iter().enumerate().map_init(Workbench::default, draw).collect();
        made.into_iter().try_for_each(&mut hand_on)?;
    }
    Ok(())
}

/// What all sites share.
struct Drawer<'a> {
    network: &'a Network,
    reacher: Reacher<'a>,
    asked: Asked<'a>,
    /// Half the width of a ribbon, metres.
    radius: f64,
    /// How far a simplified street may leave the drawn one, metres.
    simpler: f64,
}

/// What a thread uses again for each site.
#[derive(Default)]
struct Workbench {
    pieces: Pieces,
    union: Union,
}

impl<'a> Drawer<'a> {
    fn new(network: &'a Network, asked: Asked<'a>) -> Self {
        let buffer = asked.buffer.max(LEAST_BUFFER).metres();
        let radius = buffer * (1.0 - KEPT_BACK) - ROUNDING;
        Drawer { network, reacher: Reacher::new(network), asked, radius, simpler: buffer * SIMPLER }
    }

    fn draw(&self, bench: &mut Workbench, spot: Spot) -> SiteCircles {
        let place = self.network.place_of(spot);
        let frame = Frame::at(place);
        let mut found = SiteCircles::default();
        let mut inner: Vec<Stretch> = Vec::new();
        let mut shapes = Vec::new();
        bench.pieces.start(frame, self.radius, self.simpler);
        // A hole that small has every point of its inside within the buffer.
        let least = frame.units_of_area(std::f64::consts::PI * (self.radius * 0.005).powi(2));
        for time in self.asked.times {
            let reach = self.asked.speed.reach(*time);
            if spot.leg() > reach {
                continue;
            }
            let stretches = self.reacher.reached(spot, reach);
            let fresh = without(&stretches, &inner);
            if !fresh.is_empty() || shapes.is_empty() {
                if stretches.is_empty() {
                    bench.pieces.spot(place);
                }
                for stretch in fresh {
                    bench.pieces.street(&self.network.drawing(stretch));
                }
                shapes = bench.union.unite(bench.pieces.finish(), shapes, least);
                bench.pieces.next();
            }
            let outline = Outline::of(&shapes, &frame);
            let area = outline.area();
            found.circles.push(Circle { time: *time, outline, area });
            inner = stretches;
        }
        found
    }
}
