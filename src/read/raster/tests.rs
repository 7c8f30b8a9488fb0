use std::io::Write;
use std::path::Path;

use geo::{MultiPolygon, polygon};

use super::*;
use crate::city::sample::community;
use crate::settings::Settings;

/// A small TIFF in the making: little-endian, uncompressed, strips of one row unless it is given tiles.
struct Tiff {
    entries: Vec<(u16, u16, Vec<u8>)>,
    blocks: Vec<Vec<u8>>,
    is_tiled: bool,
}

const SHORT: u16 = 3;
const LONG: u16 = 4;
const DOUBLE: u16 = 12;
const ASCII: u16 = 2;

impl Tiff {
    /// Rows of floats from 112° E, 37° N, in cells of 0.01°, EPSG:4326.
    fn of(rows: &[&[f32]]) -> Tiff {
        let (width, height) = (rows[0].len() as u16, rows.len() as u16);
        let blocks = rows.iter().map(|row| row.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
        let mut tiff = Tiff { entries: Vec::new(), blocks, is_tiled: false };
        for (tag, value) in [(256, width), (257, height), (258, 32), (259, 1), (262, 1), (277, 1), (278, 1), (339, 3)] {
            tiff.shorts(tag, &[value]);
        }
        tiff.doubles(33_550, &[0.01, 0.01, 0.0]);
        tiff.doubles(33_922, &[0.0, 0.0, 0.0, 112.0, 37.0, 0.0]);
        tiff.shorts(34_735, &[1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326]);
        tiff
    }

    fn set(&mut self, tag: u16, kind: u16, bytes: Vec<u8>) {
        self.entries.retain(|entry| entry.0 != tag);
        self.entries.push((tag, kind, bytes));
    }

    fn shorts(&mut self, tag: u16, values: &[u16]) {
        self.set(tag, SHORT, values.iter().flat_map(|v| v.to_le_bytes()).collect());
    }

    fn longs(&mut self, tag: u16, values: &[u32]) {
        self.set(tag, LONG, values.iter().flat_map(|v| v.to_le_bytes()).collect());
    }

    fn doubles(&mut self, tag: u16, values: &[f64]) {
        self.set(tag, DOUBLE, values.iter().flat_map(|v| v.to_le_bytes()).collect());
    }

    fn text(&mut self, tag: u16, text: &str) {
        self.set(tag, ASCII, [text.as_bytes(), b"\0"].concat());
    }

    fn bytes(mut self) -> Vec<u8> {
        let mut out = b"II*\0\0\0\0\0".to_vec();
        let offsets: Vec<u32> = self
            .blocks
            .iter()
            .map(|block| {
                let at = out.len() as u32;
                out.extend_from_slice(block);
                at
            })
            .collect();
        let sizes: Vec<u32> = self.blocks.iter().map(|b| b.len() as u32).collect();
        let (at, of) = if self.is_tiled { (324, 325) } else { (273, 279) };
        self.longs(at, &offsets);
        self.longs(of, &sizes);
        self.entries.sort_by_key(|entry| entry.0);
        let mut directory = (self.entries.len() as u16).to_le_bytes().to_vec();
        for (tag, kind, bytes) in &self.entries {
            let size = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8][usize::from(*kind)];
            directory.extend(tag.to_le_bytes());
            directory.extend(kind.to_le_bytes());
            directory.extend(((bytes.len() / size) as u32).to_le_bytes());
            let mut value = bytes.clone();
            if value.len() > 4 {
                let at = out.len() as u32;
                out.extend_from_slice(&value);
                value = at.to_le_bytes().to_vec();
            }
            value.resize(4, 0);
            directory.extend(value);
        }
        let at = out.len() as u32;
        out[4..8].copy_from_slice(&at.to_le_bytes());
        out.extend(directory);
        out.extend([0; 4]);
        out
    }
}

/// Rasters in a folder of their own, and what the study says of them.
struct Files {
    dir: tempfile::TempDir,
    inputs: Vec<Input>,
}

impl Files {
    fn of(files: &[(&str, Vec<u8>)]) -> Files {
        let dir = tempfile::tempdir().unwrap();
        let inputs = files.iter().map(|(name, bytes)| {
            std::fs::File::create(dir.path().join(name)).unwrap().write_all(bytes).unwrap();
            Input { path: dir.path().join(name), shown: (*name).to_owned(), ..Input::default() }
        });
        Files { inputs: inputs.collect(), dir }
    }

    fn read(&self, city: &City) -> (DemandRecords, Vec<Problem>) {
        let mut problems = Problems::default();
        let mut settings = Settings::default();
        settings.inputs.demand = self.inputs.clone();
        let records = super::super::demand::read(&settings, city, &mut problems).unwrap();
        assert!(self.dir.path().is_dir());
        (records, problems.iter().cloned().collect())
    }
}

fn read(files: &[(&str, Vec<u8>)]) -> (DemandRecords, Vec<Problem>) {
    Files::of(files).read(&City::default())
}

fn count(records: &DemandRecords, group: Group) -> Vec<f64> {
    records.counts[group as usize].as_ref().unwrap().iter().map(|n| n.map_or(-1.0, Count::as_f64)).collect()
}

fn reasons(problems: &[Problem]) -> Vec<(Code, &str)> {
    let reason = |p: &Problem| p.with.iter().find(|(k, _)| *k == "reason").map(|(_, v)| v.trim_start_matches('@').to_owned());
    problems.iter().map(|p| (p.code, reason(p).map_or("", |r| Box::leak(r.into_boxed_str())))).collect()
}

// 112.00  112.01  112.02
//   1.5   nodata     0      37.00
//   -7     NaN     0.25     36.99
#[test]
fn cells_become_points_at_their_centres_and_nobody_and_nodata_are_dropped() {
    let mut tiff = Tiff::of(&[&[1.5, 999.0, 0.0], &[-7.0, f32::NAN, 0.25]]);
    tiff.text(42_113, "999");
    let (records, problems) = read(&[("population.tif", tiff.bytes())]);
    assert_eq!(problems, []);
    assert_eq!(count(&records, Group::Population), [1.5, 0.25]);
    let places: Vec<_> = records.places.iter().flatten().map(|p| (p.lon, p.lat)).collect();
    assert!((places[0].0 - 112.005).abs() < 1e-9 && (places[0].1 - 36.995).abs() < 1e-9, "{places:?}");
    assert!((places[1].0 - 112.025).abs() < 1e-9 && (places[1].1 - 36.985).abs() < 1e-9, "{places:?}");
    assert_eq!(records.rows, [0, 5]);
}

#[test]
fn nodata_of_a_float_raster_is_compared_as_the_raster_holds_it() {
    let nodata = 3.4e38_f32;
    let mut tiff = Tiff::of(&[&[nodata, 2.0]]);
    tiff.text(42_113, "3.4e+38");
    assert_eq!(count(&read(&[("population.tif", tiff.bytes())]).0, Group::Population), [2.0]);
}

#[test]
fn each_cell_is_rounded_to_millionths_before_anything_is_added() {
    let third = 1.0_f32 / 3.0;
    let files = ["f", "m"].map(|sex| (format!("w_{sex}_80.tif"), Tiff::of(&[&[third, third], &[third, 0.0]]).bytes()));
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let (records, problems) = read(&files);
    assert_eq!(problems, []);
    let sum: Count = records.counts[Group::Elderly80 as usize].as_ref().unwrap().iter().flatten().copied().sum();
    assert_eq!(sum, Count(6 * 333_333), "0.33333334 six times");
}

#[test]
fn age_bands_add_up_and_a_study_may_say_which_files_count_into_what() {
    let band = |value: f32| Tiff::of(&[&[value, value * 2.0]]).bytes();
    let names = ["t_60", "t_65", "t_70", "t_75", "t_80"].map(|n| format!("chn_{n}_2025.tif"));
    let files: Vec<(&str, Vec<u8>)> = names.iter().zip([1.0, 2.0, 4.0, 8.0, 16.0]).map(|(n, v)| (n.as_str(), band(v))).collect();
    let (records, problems) = read(&files);
    assert_eq!(problems, []);
    assert_eq!(count(&records, Group::Elderly60), [31.0, 62.0]);
    assert_eq!(count(&records, Group::Elderly65), [30.0, 60.0]);
    assert_eq!(count(&records, Group::Elderly80), [16.0, 32.0]);
    assert!(records.counts[Group::Population as usize].is_none());

    let mut said = Files::of(&[("a.tif", band(1.0)), ("b.tif", band(2.0))]);
    let field = |name: &str| (name.to_owned(), "value".to_owned());
    said.inputs[0].fields = vec![field("elderly_60"), field("elderly_65")];
    said.inputs[1].fields = vec![field("elderly_60")];
    let (records, problems) = said.read(&City::default());
    assert_eq!(problems, []);
    assert_eq!((count(&records, Group::Elderly60), count(&records, Group::Elderly65)), (vec![3.0, 6.0], vec![1.0, 2.0]));
}

#[test]
fn rasters_of_two_grids_are_an_error_that_names_both() {
    let one = Tiff::of(&[&[1.0, 2.0]]);
    let wider = Tiff::of(&[&[1.0, 2.0, 3.0]]);
    let mut moved = Tiff::of(&[&[1.0, 2.0]]);
    moved.doubles(33_922, &[0.0, 0.0, 0.0, 112.001, 37.0, 0.0]);
    let mut other = Tiff::of(&[&[1.0, 2.0]]);
    other.shorts(34_735, &[1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4214]);
    let one = one.bytes();
    for (second, why) in [(wider, "why.raster.sizes"), (moved, "why.raster.places"), (other, "why.raster.systems")] {
        let (records, problems) = read(&[("x_f_80.tif", one.clone()), ("x_m_80.tif", second.bytes())]);
        assert_eq!(reasons(&problems), [(Code::E_RASTER, why)]);
        let said = problems[0].message(crate::words::Lang::En);
        assert!(said.contains("x_f_80.tif") && said.contains("x_m_80.tif"), "{said}");
        assert!(records.rows.is_empty());
    }
}

#[test]
fn tiles_are_put_together_and_what_lies_beyond_the_edge_is_no_cell() {
    // Tiles of 16 × 16 over 18 × 17 cells: four tiles, each padded with 99s beyond the raster; cell (column, row) holds column + 100 row.
    let mut tiff = Tiff::of(&[&[0.0]]);
    tiff.entries.retain(|entry| entry.0 != 278);
    tiff.is_tiled = true;
    for (tag, value) in [(256, 18), (257, 17), (322, 16), (323, 16)] {
        tiff.shorts(tag, &[value]);
    }
    tiff.blocks = (0..4u32)
        .map(|tile| {
            let cell = |i: u32| {
                let (column, row) = (tile % 2 * 16 + i % 16, tile / 2 * 16 + i / 16);
                if column < 18 && row < 17 { (column + 100 * row) as f32 } else { 99.5 }
            };
            (0..256).flat_map(|i| cell(i).to_le_bytes()).collect()
        })
        .collect();
    let (records, problems) = read(&[("population.tif", tiff.bytes())]);
    assert_eq!(problems, []);
    assert_eq!(records.rows.len(), 18 * 17 - 1);
    for (number, people) in records.rows.iter().zip(count(&records, Group::Population)) {
        assert_eq!(people, f64::from(number % 18 + 100 * (number / 18)));
    }
}

#[test]
fn whole_numbers_of_every_width_are_read() {
    let of = |bits: u16, format: u16, bytes: &[u8]| {
        let mut tiff = Tiff::of(&[&[0.0, 0.0]]);
        tiff.shorts(258, &[bits]);
        tiff.shorts(339, &[format]);
        tiff.blocks = vec![bytes.to_vec()];
        count(&read(&[("population.tif", tiff.bytes())]).0, Group::Population)
    };
    assert_eq!(of(8, 1, &[3, 200]), [3.0, 200.0]);
    assert_eq!(of(16, 2, &[1, 0, 0xFF, 0xFF]), [1.0], "minus one is nodata");
    assert_eq!(of(32, 1, &[1, 0, 0, 0, 0, 0, 1, 0]), [1.0, 65_536.0]);
    assert_eq!(of(64, 3, &[2.5f64.to_le_bytes(), 0.5f64.to_le_bytes()].concat()), [2.5, 0.5]);
}

/// Squares of 0.01° from 112° E; the second is empty of people on the raster.
fn city(totals: [Option<u64>; 2]) -> City {
    let square = |x: f64| MultiPolygon(vec![polygon![(x: x, y: 36.98), (x: x + 0.01, y: 36.98), (x: x + 0.01, y: 37.0), (x: x, y: 37.0)]]);
    let mut communities = vec![community("1"), community("2")];
    for (i, c) in communities.iter_mut().enumerate() {
        c.boundary = Some(square(112.0 + 0.01 * i as f64));
        c.counts[Group::Elderly60] = totals[i].map(Count::whole);
    }
    City { communities, ..City::default() }
}

#[test]
fn cells_are_weights_where_the_register_has_the_total_and_people_where_it_has_none() {
    // Columns: community 1, community 2, outside the box around both.
    let files = Files::of(&[("elderly_60.tif", Tiff::of(&[&[1.0, 5.0, 8.0], &[2.0, 5.0, 8.0]]).bytes())]);
    let city = city([Some(100), None]);
    let (records, problems) = files.read(&city);
    assert_eq!((problems.len(), records.rows.clone()), (0, vec![0, 1, 3, 4]));
    let mut problems = Problems::default();
    let demand = crate::demand::place(&Settings::default(), &city, Some(records), &mut problems);
    assert!(problems.is_empty(), "a model that differs from the register is no contradiction: {problems:?}");
    let counts = demand.group(Group::Elderly60).unwrap();
    assert_eq!(counts, [Count(33_333_333), Count::whole(5), Count(66_666_667), Count::whole(5)]);
    assert_eq!(demand.community, [0, 1, 0, 1]);
}

#[test]
fn a_group_that_only_the_register_knows_is_spread_by_the_raster() {
    let files = Files::of(&[("population.tif", Tiff::of(&[&[1.0, 1.0], &[3.0, 1.0]]).bytes())]);
    let city = city([Some(8), Some(4)]);
    let (records, _) = files.read(&city);
    let demand = crate::demand::place(&Settings::default(), &city, Some(records), &mut Problems::default());
    assert_eq!(demand.group(Group::Elderly60).unwrap(), [2, 2, 6, 2].map(Count::whole));
    assert_eq!(demand.group(Group::Population).unwrap(), [1, 1, 3, 1].map(Count::whole));
}

#[test]
fn shifted_cells_move_to_where_they_are() {
    let mut files = Files::of(&[("population.tif", Tiff::of(&[&[1.0]]).bytes())]);
    files.inputs[0].crs = Some("gcj02".into());
    let (records, problems) = files.read(&City::default());
    assert_eq!(problems, []);
    let place = records.places[0].unwrap();
    assert_eq!(Some(place), Crs::parse("gcj02").unwrap().to_lonlat(112.005, 36.995));
    assert!((place.lon - 112.005).abs() > 1e-3);
}

#[test]
fn a_raster_elsewhere_or_without_a_place_or_system_is_refused_in_words() {
    let far = city([None, None]);
    let mut tiff = Tiff::of(&[&[1.0]]);
    tiff.doubles(33_922, &[0.0, 0.0, 0.0, 121.0, 31.0, 0.0]);
    let (_, problems) = Files::of(&[("population.tif", tiff.bytes())]).read(&far);
    assert_eq!(reasons(&problems), [(Code::E_RASTER, "why.raster.elsewhere")]);
    let mut tiff = Tiff::of(&[&[1.0]]);
    tiff.entries.retain(|entry| entry.0 != 33_550);
    assert_eq!(reasons(&read(&[("population.tif", tiff.bytes())]).1), [(Code::E_FORMAT, "why.raster.unplaced")]);
    let mut tiff = Tiff::of(&[&[1.0]]);
    tiff.entries.retain(|entry| entry.0 != 34_735);
    assert_eq!(read(&[("population.tif", tiff.bytes())]).1.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::E_CRS_MISSING]);
    assert_eq!(reasons(&read(&[("population.tif", Tiff::of(&[&[0.0, -1.0]]).bytes())]).1), [(Code::E_RASTER, "why.raster.nobody")]);
}

#[test]
fn pictures_and_scaled_values_are_not_taken_for_people() {
    let mut picture = Tiff::of(&[&[1.0, 1.0, 1.0]]);
    for (tag, value) in [(256, 1), (262, 2), (277, 3), (284, 1)] {
        picture.shorts(tag, &[value]);
    }
    picture.shorts(258, &[32, 32, 32]);
    picture.shorts(339, &[3, 3, 3]);
    assert_eq!(reasons(&read(&[("population.tif", picture.bytes())]).1), [(Code::E_FORMAT, "why.raster.one_band")]);
    let mut inverted = Tiff::of(&[&[1.0]]);
    inverted.shorts(262, &[0]);
    assert_eq!(reasons(&read(&[("population.tif", inverted.bytes())]).1), [(Code::E_FORMAT, "why.raster.one_band")]);
    let mut scaled = Tiff::of(&[&[1.0]]);
    scaled.text(42_112, "<GDALMetadata>\n  <Item name=\"SCALE\" sample=\"0\" role=\"scale\">0.1</Item>\n</GDALMetadata>");
    assert_eq!(reasons(&read(&[("population.tif", scaled.bytes())]).1), [(Code::E_FORMAT, "why.raster.scaled")]);
}

#[test]
fn a_raster_that_claims_a_thousand_million_rows_and_columns_is_refused_at_once() {
    let mut tiff = Tiff::of(&[&[1.0]]);
    tiff.longs(256, &[1_000_000_000]);
    tiff.longs(257, &[1_000_000_000]);
    let found = read(&[("population.tif", tiff.bytes())]).1;
    assert_eq!(found.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::E_FORMAT], "there is but one strip: {found:?}");
    // All in one strip.
    let mut tiff = Tiff::of(&[&[1.0]]);
    tiff.longs(257, &[1_000_000_000]);
    tiff.longs(278, &[1_000_000_000]);
    assert_eq!(reasons(&read(&[("population.tif", tiff.bytes())]).1), [(Code::E_TOO_LARGE, "why.raster.size")]);
}

#[test]
fn a_torso_is_an_error_wherever_it_ends() {
    let whole = Tiff::of(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]]).bytes();
    for end in 0..whole.len() - 4 {
        let (records, problems) = read(&[("population.tif", whole[..end].to_vec())]);
        assert!(problems.iter().any(|p| p.code.text().starts_with("E-")), "cut at {end}");
        assert!(records.rows.is_empty());
    }
}

#[test]
fn a_cell_of_more_people_than_there_are_is_named() {
    let (_, problems) = read(&[("population.tif", Tiff::of(&[&[1.0, 1.0], &[1e30, 1.0]]).bytes())]);
    assert_eq!(problems.iter().map(|p| (p.code, p.origin.feature)).collect::<Vec<_>>(), [(Code::E_NUM, Some(2))]);
}

/// WorldPop's people of 65 to 69 in Wuhan; the sums were made with rasterio and NumPy, each cell rounded to millionths.
#[test]
fn the_people_of_wuhan_are_summed_to_the_millionth() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("CARESHED_DATA").map_or(beside, Into::into).join("wuhan-worldpop");
    if !folder.is_dir() {
        println!("skipped: no data: the_people_of_wuhan_are_summed_to_the_millionth needs wuhan-worldpop");
        return;
    }
    let mut problems = Problems::default();
    let mut settings = Settings::default();
    settings.inputs.demand = ["pop_65_f_wuhan.tif", "pop_65_m_wuhan.tif"]
        .map(|name| Input { path: folder.join(name), shown: name.to_owned(), ..Input::default() })
        .to_vec();
    let mut sum = |settings: &Settings| {
        let records = super::super::demand::read(settings, &City::default(), &mut problems).unwrap();
        let counts = records.counts[Group::Elderly65 as usize].as_ref().unwrap();
        (records.rows.len(), counts.iter().flatten().copied().sum::<Count>())
    };
    assert_eq!(sum(&settings), (494_676, Count(273_428_295_302 + 277_983_843_222)));
    settings.inputs.demand.pop();
    settings.inputs.demand[0].fields = vec![("elderly_65".into(), "value".into())];
    assert_eq!(sum(&settings), (494_676, Count(273_428_295_302)));
    assert!(!problems.has_errors());
}
