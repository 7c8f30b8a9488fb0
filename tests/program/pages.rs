//! Files described in a page of the documentation → files on disk: text in any encoding, shapefiles, workbooks with merged cells.

use std::path::Path;

use encoding_rs::{Encoding, GB18030, UTF_8};

/// A file of an example.
#[derive(Debug, Clone)]
pub struct File {
    pub name: String,
    options: Vec<String>,
    text: String,
}

/// Files, a command, and what must come of it.
#[derive(Debug, Default, Clone)]
pub struct Example {
    pub files: Vec<File>,
    pub command: Option<String>,
    pub expected: String,
    /// The quoted lines behind it.
    pub printed: String,
}

/// The sections of a page, each a code, with their examples in order.
pub fn sections(page: &str) -> Vec<(String, Vec<Example>)> {
    let mut sections: Vec<(String, Vec<Example>)> = Vec::new();
    let mut example = Example::default();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(code) = line.strip_prefix("### ") {
            sections.push((code.trim().to_owned(), Vec::new()));
            example = Example::default();
        } else if let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) {
            let mut text = String::new();
            for line in lines.by_ref().take_while(|l| *l != "```") {
                text.push_str(line);
                text.push('\n');
            }
            let mut words = info.split(' ').map(str::to_owned);
            match (words.next().unwrap_or_default().as_str(), words.next()) {
                ("sh", _) => example.command = Some(text.trim().to_owned()),
                (_, Some(name)) => example.files.push(File { name, options: words.collect(), text }),
                _ => {}
            }
        } else if let Some(expected) = line.strip_prefix('`').and_then(|l| l.strip_suffix('`')).filter(|l| l.contains(" exit=")) {
            example.expected = expected.to_owned();
            if lines.peek().is_some_and(|l| l.is_empty()) {
                lines.next();
            }
            while let Some(quoted) = lines.next_if(|l| l.starts_with('>')) {
                example.printed.push_str(quoted);
                example.printed.push('\n');
            }
            if let Some((_, examples)) = sections.last_mut() {
                examples.push(std::mem::take(&mut example));
            }
        }
    }
    sections
}

/// A file by the words of a fence (`communities.shp gbk cpg=UTF-8`) and its text.
pub fn file(info: &str, text: &str) -> File {
    let mut words = info.split(' ').map(str::to_owned);
    File { name: words.next().unwrap(), options: words.collect(), text: text.to_owned() }
}

impl File {
    fn option(&self, key: &str) -> Option<&str> {
        self.options.iter().find_map(|o| o.strip_prefix(key)?.strip_prefix('='))
    }

    fn says(&self, word: &str) -> bool {
        self.options.iter().any(|o| o == word)
    }

    fn encoding(&self) -> &'static Encoding {
        if self.says("gbk") { GB18030 } else { UTF_8 }
    }

    fn bytes_of(&self, text: &str) -> Vec<u8> {
        if self.says("utf16") {
            return [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        }
        let mark: &[u8] = if self.says("bom") { b"\xEF\xBB\xBF" } else { b"" };
        [mark, &self.encoding().encode(text).0].concat()
    }

    /// `--communities communities.csv`
    pub fn flag(&self) -> Vec<String> {
        let stem = self.name.split('.').next().unwrap_or_default();
        let tables = ["communities", "estates", "counties", "facilities", "candidates", "network", "demand", "quota"];
        if tables.contains(&stem) { vec![format!("--{stem}"), self.name.clone()] } else { Vec::new() }
    }

    /// Writes it into a folder.
    pub fn write(&self, dir: &Path) {
        let path = dir.join(&self.name);
        match path.extension().and_then(|e| e.to_str()) {
            Some("shp") => self.shapefile(&path),
            Some("xlsx") => self.workbook(&path),
            Some("tif") => self.raster(&path),
            _ => {
                let mut bytes = self.bytes_of(&self.text);
                if let Some(n) = self.option("pad") {
                    bytes.truncate(bytes.len() - 1);
                    bytes.resize(bytes.len() + n.parse::<usize>().unwrap(), b'x');
                }
                std::fs::write(&path, bytes).unwrap();
            }
        }
        if let Some(n) = self.option("cut") {
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, &bytes[..bytes.len() - n.parse::<usize>().unwrap()]).unwrap();
        }
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(self.text.as_bytes());
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    /// The last column is the shape: `112.5 37.8` a point, `x y; x y; …` a polygon. `cpg=`, `ldid=`, `prj=` say what stands beside it.
    fn shapefile(&self, path: &Path) {
        use shapefile::{Point, Polygon, PolygonRing, ShapeWriter};
        let rows = self.rows();
        let width = rows[0].len() - 1;
        let points: Vec<Vec<Point>> = rows[1..]
            .iter()
            .map(|row| {
                let numbers = |pair: &str| pair.split_whitespace().map(|n| n.parse::<f64>().unwrap()).collect::<Vec<_>>();
                row[width].split(';').map(numbers).map(|xy| Point::new(xy[0], xy[1])).collect()
            })
            .collect();
        let writer = ShapeWriter::from_path(path).unwrap();
        if points[0].len() == 1 {
            writer.write_shapes(&points.iter().map(|p| p[0]).collect::<Vec<_>>()).unwrap();
        } else {
            writer.write_shapes(&points.iter().map(|p| Polygon::new(PolygonRing::Outer(p.clone()))).collect::<Vec<_>>()).unwrap();
        }
        std::fs::write(path.with_extension("dbf"), self.attributes(&rows, width)).unwrap();
        let beside = |extension: &str, text: &str| std::fs::write(path.with_extension(extension), text).unwrap();
        if let Some(label) = self.option("cpg") {
            beside(if self.says("upper") { "CPG" } else { "cpg" }, &label.replace('_', " "));
        }
        match self.option("prj") {
            Some("none") => {}
            Some("54") => beside("prj", BEIJING_54),
            Some(other) => beside("prj", other),
            None => beside("prj", WGS_84),
        }
    }

    /// A dBASE table of text columns, names cut at ten bytes.
    fn attributes(&self, rows: &[Vec<String>], width: usize) -> Vec<u8> {
        let encode = |text: &str| self.encoding().encode(text).0.into_owned();
        let lengths: Vec<usize> = (0..width).map(|c| rows[1..].iter().map(|r| encode(&r[c]).len()).max().unwrap().max(1)).collect();
        let record: usize = 1 + lengths.iter().sum::<usize>();
        let mut out = vec![3, 23, 1, 1];
        out.extend((rows.len() as u32 - 1).to_le_bytes());
        out.extend((32 + 32 * width as u16 + 1).to_le_bytes());
        out.extend((record as u16).to_le_bytes());
        out.resize(32, 0);
        out[29] = self.option("ldid").map_or(0, |hex| u8::from_str_radix(hex, 16).unwrap());
        for (name, length) in rows[0].iter().zip(&lengths) {
            let mut field = encode(name);
            field.truncate(10);
            field.resize(11, 0);
            field.push(b'C');
            field.resize(16, 0);
            field.push(*length as u8);
            field.resize(32, 0);
            out.extend(field);
        }
        out.push(0x0D);
        for row in &rows[1..] {
            out.push(b' ');
            for (value, length) in row.iter().zip(&lengths) {
                let mut bytes = encode(value);
                bytes.resize(*length, b' ');
                out.extend(bytes);
            }
        }
        out.push(0x1A);
        out
    }

    /// Rows of people per cell of 0.01°, from 113° E, 37° N.
    fn raster(&self, path: &Path) {
        use tiff::encoder::{TiffEncoder, colortype::Gray32Float};
        use tiff::tags::Tag;
        let rows: Vec<Vec<f32>> = self.rows().iter().map(|row| row.iter().map(|n| n.parse().unwrap()).collect()).collect();
        let (width, height) = (rows[0].len() as u32, rows.len() as u32);
        let mut tiff = TiffEncoder::new(std::fs::File::create(path).unwrap()).unwrap();
        let mut image = tiff.new_image::<Gray32Float>(width, height).unwrap();
        let to = image.encoder();
        to.write_tag(Tag::Unknown(33_550), &[0.01f64, 0.01, 0.0][..]).unwrap();
        to.write_tag(Tag::Unknown(33_922), &[0.0f64, 0.0, 0.0, 113.0, 37.0, 0.0][..]).unwrap();
        to.write_tag(Tag::Unknown(34_735), &[1u16, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326][..]).unwrap();
        image.write_data(&rows.concat()).unwrap();
    }

    /// `^` is merged with the cell above, `<` with the one to the left; numbers are numbers unless a `'` stands before them.
    fn workbook(&self, path: &Path) {
        use rust_xlsxwriter::{Format, Workbook};
        let rows = self.rows();
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let at = |r: usize, c: usize| rows.get(r).and_then(|row| row.get(c)).map_or("", String::as_str);
        let plain = Format::new();
        for (r, row) in rows.iter().enumerate() {
            for (c, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty() && *text != "^" && *text != "<") {
                let down = (r + 1..rows.len()).take_while(|n| at(*n, c) == "^").count();
                let right = (c + 1..row.len()).take_while(|n| at(r, *n) == "<").count();
                let (row, column) = (r as u32, c as u16);
                let number = text.parse::<f64>().ok();
                if down + right > 0 {
                    sheet.merge_range(row, column, row + down as u32, column + right as u16, "", &plain).unwrap();
                }
                match number {
                    Some(n) => sheet.write_number(row, column, n).unwrap(),
                    None => sheet.write_string(row, column, text.trim_start_matches('\'')).unwrap(),
                };
            }
        }
        book.save(path).unwrap();
    }
}

const WGS_84: &str = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
const BEIJING_54: &str = r#"PROJCS["Beijing_1954_3_Degree_GK_CM_111E",GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;
