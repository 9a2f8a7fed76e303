//! `station map | unmap`.

use super::database::find;
use super::reading::{author, quantity};
use super::said::{print, say};
use super::sensor::sensor_name;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fmt::Write as _;
use stevenson::ingest::unmapped;
use stevenson::storage::Storage;
use stevenson::web::secrets::unreadable;
use weather::mapping::{FieldName, Mapping, never_obeyed};
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug};

#[derive(Debug, Args)]
pub(super) struct Map {
    /// The station's slug
    slug: Slug,
    /// The field's name in uploads, in any case [default: list the fields]
    #[arg(requires = "quantity")]
    field: Option<String>,
    /// What it is: temperature, wind_gust, …
    #[arg(long, value_parser = quantity, requires = "field")]
    quantity: Option<Quantity>,
    /// The unit that it is sent in: F, hPa, km/h, … [default: the one that is stored]
    #[arg(long, default_value = "", hide_default_value = true)]
    unit: String,
    /// The sensor that measures it [default: the one that the upload is of]
    #[arg(long, default_value = ".", hide_default_value = true, value_parser = sensor_name)]
    sensor: SensorName,
}

impl Map {
    /// Whether it only lists the fields.
    pub(super) fn is_list(&self) -> bool {
        self.field.is_none()
    }
}

/// Says what a field is, or lists the fields.
pub(super) async fn map(storage: &Storage, Map { slug, field, quantity, unit, sensor }: Map) -> Result<()> {
    let (Some(field), Some(quantity)) = (field, quantity) else { return list(storage, &slug).await };
    find(storage, &slug)?;
    if let Some(why) = unreadable(&field).or_else(|| never_obeyed(&field)) {
        bail!(why);
    }
    let field = FieldName::new(&field)?;
    let mapping = Mapping::new(sensor, quantity, &unit)?;
    let what = told(&mapping);
    storage.map_field(&slug, field.clone(), mapping, &author()).await?;
    say!("{field} of {slug} is {what} from now on; what has come already stays as it is")?;
    if let Some(known) = unmapped::known_as(field.as_str()) {
        say!("in the uploads of consoles it stays what it is: {known}")?;
    }
    Ok(())
}

/// Nobody knows what a field is any more.
pub(super) async fn unmap(storage: &Storage, slug: &Slug, field: &str) -> Result<()> {
    find(storage, slug)?;
    let field = FieldName::new(field)?;
    storage.unmap_field(slug, field.clone(), &author()).await?;
    say!("{field} of {slug} means nothing from now on; what is stored stays")?;
    Ok(())
}

/// What a field is, for people.
fn told(mapping: &Mapping) -> String {
    format!("{} {}", mapping.sensor().key(mapping.quantity()), mapping.unit().symbol()).trim_end().to_owned()
}

async fn list(storage: &Storage, slug: &Slug) -> Result<()> {
    let station = find(storage, slug)?;
    let (mapped, unmapped) = (storage.mappings(station.id).await?, storage.unmapped(station.id).await?);
    let mut said = String::new();
    if mapped.is_empty() && unmapped.is_empty() {
        writeln!(said, "all fields that {slug} has sent are known")?;
    }
    for made in &mapped {
        writeln!(said, "{:<32}  is {}, said by {}", made.field, told(&made.mapping), made.author)?;
    }
    for field in &unmapped {
        let last = chrono::DateTime::from_timestamp_millis(field.last.0).context("a time")?;
        let last = last.format("%Y-%m-%d %H:%M:%S UTC");
        let uploads = if field.uploads == 1 { "1 upload".to_owned() } else { format!("{} uploads", field.uploads) };
        writeln!(said, "{:<32}  is not known: {:?} at {last}, in {uploads}", field.field, field.value)?;
    }
    if !unmapped.is_empty() {
        writeln!(said, "say what one is: stevenson station map {slug} FIELD --quantity temperature --unit F")?;
    }
    print(said)
}
