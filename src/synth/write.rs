//! The files of a synthetic city, open while its towns are built one after another.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use super::candidates::Candidate;
use super::facilities::Facility;
use super::network::Network;
use super::parcel::Home;
use super::pbf;
use super::place::{Degrees, Place};
use super::plan::County;
use super::register::Record;

/// Every file, in the middle of being written.
pub(super) struct Files {
    communities: Features,
    roads: Features,
    counties: BufWriter<File>,
    estates: BufWriter<File>,
    facilities: BufWriter<File>,
    candidates: BufWriter<File>,
    demand: BufWriter<File>,
    nodes: BufWriter<File>,
    /// Ways come after all nodes in a PBF file; until the last town is built they wait in a file without a name.
    ways: BufWriter<File>,
    pending: pbf::Ways,
    next: Numbers,
    /// Counts so far.
    pub made: super::Made,
}

/// The next number of each table.
struct Numbers {
    home: u64,
    estate: u64,
    facility: u64,
    candidate: u64,
    node: u64,
    way: u64,
}

impl Files {
    /// Creates the files in a folder, which is made if it is not there.
    pub fn create(out: &Path) -> io::Result<Files> {
        std::fs::create_dir_all(out)?;
        let file = |name: &str| File::create(out.join(name)).map(|f| BufWriter::with_capacity(1 << 17, f));
        let mut files = Files {
            communities: Features::new(file("communities.geojson")?)?,
            roads: Features::new(file("roads.geojson")?)?,
            counties: file("counties.csv")?,
            estates: file("estates.csv")?,
            facilities: file("facilities.csv")?,
            candidates: file("candidates.csv")?,
            demand: file("demand.csv")?,
            nodes: file("roads.osm.pbf")?,
            ways: BufWriter::with_capacity(1 << 17, tempfile::tempfile_in(out)?),
            pending: pbf::Ways::default(),
            next: Numbers { home: 1, estate: 1, facility: 1, candidate: 1, node: 1, way: 1 },
            made: super::Made::default(),
        };
        pbf::header(&mut files.nodes)?;
        writeln!(files.counties, "code,name,county_type,prior_projects,previous_grade,city,city_code")?;
        writeln!(
            files.estates,
            "code,name,community_code,lon,lat,households_planned,households,occupied_households,floor_area,built_year,old,is_new,care_area_delivered"
        )?;
        writeln!(
            files.facilities,
            "id,name,kind,lon,lat,community_code,serves,floor_area,care_area,beds,meals,functions,level,status,acceptance,opened,use_changed,grade,\
             residents_self_care,residents_semi_disabled,residents_disabled"
        )?;
        writeln!(
            files.candidates,
            "id,name,project_name,lon,lat,community_code,address,street,county_code,floor_area,beds,meals,functions,build_mode,tenure,agreement_until,\
             investment,county_match,enthusiasm,site_capacity,demonstration,no_dispute,match_fund,on_time,operator,operator_person,operator_phone,\
             operator_registered,operator_filed,operator_third_party,operator_years,operator_subcontracts,site_visit_date,responsible_person,\
             area_approved,area_as_built,use_of_funds,type,city_funded,grade,residents_self_care,residents_semi_disabled,residents_disabled"
        )?;
        writeln!(files.demand, "id,lon,lat,community_code,households,population,elderly_60,elderly_65,elderly_80")?;
        Ok(files)
    }

    /// One county.
    pub fn county(&mut self, county: &County, prior_projects: Option<u32>, grade: &str) -> io::Result<()> {
        self.made.counties += 1;
        let prior = Known(prior_projects);
        writeln!(self.counties, "{},{},{},{prior},{grade},{},{}", county.code, county.name, county.kind, county.city, county.city_code)
    }

    /// One community with its outline, its estates and its homes.
    pub fn community<'a>(
        &mut self,
        record: &Record,
        county: &County,
        outline: &[Vec<Vec<Place>>],
        homes: impl Iterator<Item = &'a Home>,
    ) -> io::Result<()> {
        self.made.communities += 1;
        let out = self.communities.next()?;
        write!(
            out,
            r#"{{"type":"Feature","properties":{{"code":"{}","name":"{}","county":"{}","county_code":"{}","street":"{}","kind":"{}","#,
            record.code,
            record.name,
            county.name,
            county.code,
            record.street,
            if record.village { "村" } else { "社区" }
        )?;
        let registered = |age: usize| record.registered.map(|r| r[age]);
        write!(
            out,
            r#""households":{},"occupied_households":{},"population":{},"elderly_60":{},"elderly_65":{},"elderly_80":{},"#,
            record.households,
            Json(record.occupied),
            record.people,
            record.elders[0],
            record.elders[1],
            record.elders[2]
        )?;
        write!(
            out,
            r#""registered_60":{},"registered_65":{},"registered_80":{},"disabled":{},"special_hardship":{},"single_child_lost":{},"#,
            Json(registered(0)),
            Json(registered(1)),
            Json(registered(2)),
            Json(record.disabled),
            Json(record.special_hardship),
            Json(record.single_child_lost)
        )?;
        write!(
            out,
            r#""built_year":{},"old":{},"is_centre":{}}},"geometry":"#,
            Json(record.built_year),
            Json(record.old),
            record.is_centre
        )?;
        polygons(out, outline)?;
        out.write_all(b"}")?;

        for estate in &record.estates {
            let at = estate.at.degrees();
            writeln!(
                self.estates,
                "XQ{:06},{},{},{at},{},{},{},{},{},{},{},{}",
                self.next.estate,
                estate.name,
                record.code,
                estate.planned,
                estate.households,
                Known(estate.occupied),
                Known(estate.floor_area),
                Known(estate.built_year),
                Known(estate.old.map(yes)),
                yes(estate.is_new),
                Known(estate.care_area)
            )?;
            self.next.estate += 1;
            self.made.estates += 1;
        }
        for home in homes {
            let (at, [e60, e65, e80]) = (home.at.degrees(), home.elders);
            writeln!(self.demand, "B{:06},{at},{},{},{},{e60},{e65},{e80}", self.next.home, record.code, home.households, home.people)?;
            self.next.home += 1;
            self.made.points += 1;
        }
        Ok(())
    }

    /// One facility.
    pub fn facility(&mut self, f: &Facility) -> io::Result<()> {
        let at = f.at.degrees();
        let [care, half, not] = Known::three(f.residents);
        writeln!(
            self.facilities,
            "F{:03},{},{},{at},{},{},{},{},{},{},{},{},{},{},{},{},{},{care},{half},{not}",
            self.next.facility,
            f.name,
            f.kind,
            f.community,
            f.serves,
            Known(f.floor_area),
            Known(f.care_area),
            Known(f.beds),
            Known(f.meals),
            f.functions,
            f.level,
            f.status,
            f.acceptance,
            f.opened,
            yes(f.use_changed),
            f.grade
        )?;
        self.next.facility += 1;
        self.made.facilities += 1;
        Ok(())
    }

    /// One candidate.
    pub fn candidate(&mut self, c: &Candidate, county: &County) -> io::Result<()> {
        let at = c.at.degrees();
        write!(
            self.candidates,
            "K{:03},{},{},{at},{},{},{},{},{},{},{},{},{},{},{},{},{},",
            self.next.candidate,
            c.name,
            c.project_name,
            c.community,
            c.address,
            c.street,
            county.code,
            c.floor_area,
            Known(c.beds),
            Known(c.meals),
            c.functions,
            c.build_mode,
            c.tenure,
            c.agreement_until,
            Known(c.investment),
            Known(c.county_match)
        )?;
        for declared in c.declared {
            write!(self.candidates, "{},", Known(declared))?;
        }
        for promise in c.commitments {
            write!(self.candidates, "{},", Known(promise.map(yes)))?;
        }
        match &c.operator {
            Some(o) => write!(
                self.candidates,
                "{},{},{},{},{},{},{},{},",
                o.name,
                o.person,
                o.phone,
                Known(o.registered.map(yes)),
                yes(o.filed),
                yes(o.third_party),
                Known(o.years.map(Tenths)),
                yes(o.subcontracts)
            )?,
            None => self.candidates.write_all(b",,,,,,,,")?,
        }
        let [well, half, not] = Known::three(c.residents);
        writeln!(
            self.candidates,
            "{},{},{},{},{},{},{},{},{well},{half},{not}",
            c.site_visit_date,
            c.responsible_person,
            Known(c.area_approved),
            Known(c.area_as_built),
            c.use_of_funds,
            c.kind,
            Known(c.city_funded.map(yes)),
            c.grade
        )?;
        self.next.candidate += 1;
        self.made.candidates += 1;
        Ok(())
    }

    /// Number that the first node of the next network gets.
    pub fn first_node(&self) -> u64 {
        self.next.node
    }

    /// The streets of one town, and the roads that lead to it.
    pub fn network(&mut self, network: &Network) -> io::Result<()> {
        pbf::nodes(&mut self.nodes, self.next.node, &network.nodes)?;
        for way in &network.ways {
            let mut tags: Vec<(&str, &str)> = vec![(way.key, way.value)];
            if let Some(name) = way.name {
                tags.push(("name", name));
            }
            tags.extend(way.bridge.then_some(("bridge", "yes")));
            tags.extend(way.tunnel.then_some(("tunnel", "yes")));
            self.pending.push(&mut self.ways, self.next.way, &pbf::Way { nodes: &way.nodes, tags: &tags })?;
            self.next.way += 1;
            // River and railway are drawn in the PBF only: whoever reads plain lines walks along each of them.
            if way.key == "highway" {
                self.made.edges += way.nodes.len() as u64 - 1;
                let out = self.roads.next()?;
                write!(out, r#"{{"type":"Feature","properties":{{"class":"{}","name":"#, way.value)?;
                match way.name {
                    Some(name) => write!(out, r#""{name}""#)?,
                    None => out.write_all(b"null")?,
                }
                write!(out, r#","bridge":{}}},"geometry":{{"type":"LineString","coordinates":["#, way.bridge)?;
                for (index, &id) in way.nodes.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(out, "{comma}[{}]", network.place_of(id, self.next.node))?;
                }
                out.write_all(b"]}}")?;
            }
        }
        self.next.node += network.nodes.len() as u64;
        self.made.nodes = self.next.node - 1;
        Ok(())
    }

    /// Completes every file.
    pub fn finish(mut self) -> io::Result<super::Made> {
        self.communities.finish()?;
        self.roads.finish()?;
        for table in [&mut self.counties, &mut self.estates, &mut self.facilities, &mut self.candidates, &mut self.demand] {
            table.flush()?;
        }
        self.pending.flush(&mut self.ways)?;
        let mut ways = self.ways.into_inner().map_err(|e| e.into_error())?;
        ways.rewind()?;
        io::copy(&mut ways, &mut self.nodes)?;
        self.nodes.flush()?;
        Ok(self.made)
    }
}

/// A GeoJSON feature collection, one feature a line.
struct Features {
    out: BufWriter<File>,
    empty: bool,
}

impl Features {
    fn new(mut out: BufWriter<File>) -> io::Result<Self> {
        out.write_all(b"{\"type\":\"FeatureCollection\",\"source\":\"synthetic: made up by careshed synth\",\"features\":[\n")?;
        Ok(Features { out, empty: true })
    }

    /// Where to write the next feature.
    fn next(&mut self) -> io::Result<&mut BufWriter<File>> {
        if !self.empty {
            self.out.write_all(b",\n")?;
        }
        self.empty = false;
        Ok(&mut self.out)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

fn polygons(out: &mut impl Write, outline: &[Vec<Vec<Place>>]) -> io::Result<()> {
    let many = outline.len() != 1;
    out.write_all(if many { br#"{"type":"MultiPolygon","coordinates":["# } else { br#"{"type":"Polygon","coordinates":"# })?;
    for (index, polygon) in outline.iter().enumerate() {
        out.write_all(if index == 0 { b"[" } else { b",[" })?;
        for (index, ring) in polygon.iter().enumerate() {
            out.write_all(if index == 0 { b"[" } else { b",[" })?;
            for place in ring {
                write!(out, "[{}],", place.degrees())?;
            }
            if let Some(first) = ring.first() {
                write!(out, "[{}]", first.degrees())?;
            }
            out.write_all(b"]")?;
        }
        out.write_all(b"]")?;
    }
    out.write_all(if many { b"]}" } else { b"}" })
}

/// `lon,lat` with seven decimals, from whole numbers: the same text everywhere.
impl Display for Degrees {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |value: i64| (value / 10_000_000, value % 10_000_000);
        let ((lon, lon_rest), (lat, lat_rest)) = (part(self.lon), part(self.lat));
        write!(f, "{lon}.{lon_rest:07},{lat}.{lat_rest:07}")
    }
}

/// A cell of a CSV: empty when not known.
struct Known<T>(Option<T>);

impl Known<u32> {
    fn three(of: Option<[u32; 3]>) -> [Known<u32>; 3] {
        [0, 1, 2].map(|i| Known(of.map(|o| o[i])))
    }
}

impl<T: Display> Display for Known<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |value| value.fmt(f))
    }
}

/// A value of GeoJSON: null when not known.
struct Json<T>(Option<T>);

impl<T: Display> Display for Json<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("null"),
        }
    }
}

/// Tenths, with their decimal.
struct Tenths(u32);

impl Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

fn yes(value: bool) -> &'static str {
    if value { "是" } else { "否" }
}
