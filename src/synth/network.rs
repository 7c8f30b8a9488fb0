//! The streets of a town as nodes and ways, and the roads from its neighbours.

use super::fabric::Fabric;
use super::place::{Degrees, Place};
use super::town::Town;

/// Where the main roads leave a town's land: node number and place, west, east, south, north.
pub(super) type Exits = [(u64, Place); 4];

/// Nodes in the order of their numbers, ways over them.
pub(super) struct Network<'a> {
    pub nodes: Vec<Degrees>,
    pub ways: Vec<Way<'a>>,
    /// Nodes of neighbour towns, whose numbers and places are known.
    far: Vec<(u64, Degrees)>,
}

/// A line with its tags.
pub(super) struct Way<'a> {
    pub nodes: Vec<u64>,
    pub key: &'static str,
    pub value: &'static str,
    pub name: Option<&'a str>,
    pub bridge: bool,
    pub tunnel: bool,
}

impl<'a> Network<'a> {
    /// The network of a town, numbered from `first`; `from_west` and `from_south` are the exits of neighbours that a road comes from.
    pub fn new(town: &'a Town, first: u64, from_west: Option<(u64, Place)>, from_south: Option<(u64, Place)>) -> (Network<'a>, Exits) {
        let fabric = &town.fabric;
        let mut network = Network { nodes: Vec::new(), ways: Vec::new(), far: Vec::new() };
        let mut number = vec![0u64; fabric.places.len()];
        for side in &fabric.sides {
            let Some(class) = side.class else { continue };
            let nodes = network.number(&side.corners, &mut number, first, fabric);
            let name = side.name.map(|n| town.street_names[n as usize].as_str());
            network.ways.push(Way { nodes, key: "highway", value: class.word(), name, bridge: side.bridge, tunnel: side.tunnel });
        }
        for walk in &fabric.walks {
            let nodes = network.number(&walk.corners, &mut number, first, fabric);
            network.ways.push(Way { nodes, key: "highway", value: walk.class.word(), name: None, bridge: false, tunnel: false });
        }
        let (row, column) = town.grid.main;
        let corners = [
            town.grid.corner(0, row),
            town.grid.corner(town.grid.columns, row),
            town.grid.corner(column, 0),
            town.grid.corner(column, town.grid.rows),
        ];
        let exits = corners.map(|c| (number[c as usize], fabric.places[c as usize]));
        for (from, to, out) in [(from_west, exits[0], Place::new(1.0, 0.0)), (from_south, exits[2], Place::new(0.0, 1.0))] {
            if let Some(from) = from {
                network.road(from, to, out, first);
            }
        }
        network.line(&town.grid.river_line(), "waterway", "river", town, &mut number, first);
        network.railway(town, first);
        (network, exits)
    }

    /// Where a node lies; `first` is the number of this network's first node.
    pub fn place_of(&self, id: u64, first: u64) -> Degrees {
        match id.checked_sub(first) {
            Some(index) => self.nodes[index as usize],
            None => self.far.iter().find(|f| f.0 == id).map_or(Degrees { lon: 0, lat: 0 }, |f| f.1),
        }
    }

    fn node(&mut self, place: Place, first: u64) -> u64 {
        self.nodes.push(place.degrees());
        first + self.nodes.len() as u64 - 1
    }

    fn number(&mut self, corners: &[u32], number: &mut [u64], first: u64, fabric: &Fabric) -> Vec<u64> {
        let mut nodes = Vec::with_capacity(corners.len());
        for &corner in corners {
            if number[corner as usize] == 0 {
                number[corner as usize] = self.node(fabric.places[corner as usize], first);
            }
            nodes.push(number[corner as usize]);
        }
        nodes
    }

    /// A main road between two towns: straight out of each for a while, so that it meets none of their own roads.
    fn road(&mut self, from: (u64, Place), to: (u64, Place), out: Place, first: u64) {
        const STRAIGHT: f64 = 300.0;
        let leave = Place::new(from.1.x + out.x * STRAIGHT, from.1.y + out.y * STRAIGHT);
        let arrive = Place::new(to.1.x - out.x * STRAIGHT, to.1.y - out.y * STRAIGHT);
        let pieces = (leave.distance(arrive) / 180.0).ceil().max(1.0) as u32;
        let mut nodes = vec![from.0];
        for i in 0..=pieces {
            let part = f64::from(i) / f64::from(pieces);
            let swing = 60.0 * libm::sin(part * std::f64::consts::TAU);
            nodes.push(self.node(leave.towards(arrive, part).beside(leave, arrive, swing), first));
        }
        nodes.push(to.0);
        self.far.push((from.0, from.1.degrees()));
        self.ways.push(Way { nodes, key: "highway", value: "primary", name: Some("县际公路"), bridge: false, tunnel: false });
    }

    fn line(&mut self, sides: &[u32], key: &'static str, value: &'static str, town: &'a Town, number: &mut [u64], first: u64) {
        let mut nodes = Vec::new();
        for &side in sides {
            let corners = &town.fabric.sides[side as usize].corners;
            nodes.extend(self.number(&corners[usize::from(!nodes.is_empty())..], number, first, &town.fabric));
        }
        self.ways.push(Way { nodes, key, value, name: None, bridge: false, tunnel: false });
    }

    /// The track runs midway between the feet of its bank.
    fn railway(&mut self, town: &'a Town, first: u64) {
        let places = &town.fabric.places;
        let mut nodes = Vec::new();
        for (south, north) in town.grid.rail_line() {
            let ends = |side: u32| {
                let corners = &town.fabric.sides[side as usize].corners;
                (places[corners[0] as usize], places[corners[corners.len() - 1] as usize])
            };
            let ((a, b), (c, d)) = (ends(south), ends(north));
            if nodes.is_empty() {
                nodes.push(self.node(a.towards(c, 0.5), first));
            }
            nodes.push(self.node(b.towards(d, 0.5), first));
        }
        self.ways.push(Way { nodes, key: "railway", value: "rail", name: None, bridge: false, tunnel: false });
    }
}
