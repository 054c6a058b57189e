//! Whole numbers that are never less than nothing, by the names that OpenAPI's registry of formats has for them.
//!
//! What is derived calls them `int32` and `int64`, which end at half of what is taken: a client that keeps to its description
//! would refuse what we send, and one that is tested by it is told of a number that should have been refused.

use utoipa::Modify;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems};
use utoipa::openapi::{KnownFormat, OpenApi, RefOr, Schema, SchemaFormat};
use utoipa::{Number, openapi::Object};

use super::whole::operations;

/// Names them in what is taken and told, and in what stands in addresses.
pub(super) struct Unsigned;

impl Modify for Unsigned {
    fn modify(&self, document: &mut OpenApi) {
        document.components.iter_mut().flat_map(|all| all.schemas.values_mut()).for_each(name);
        for item in document.paths.paths.values_mut() {
            parameters(item);
        }
    }
}

fn parameters(item: &mut PathItem) {
    for (_, operation) in operations(item) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter {
                parameter.schema.iter_mut().for_each(name);
            }
        }
    }
}

/// Names all in a schema, whatever it is made of.
fn name(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            number(object);
            object.properties.values_mut().for_each(name);
            if let Some(AdditionalProperties::RefOr(each)) = object.additional_properties.as_deref_mut() {
                name(each);
            }
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(each) = &mut array.items {
                name(each);
            }
        }
        Schema::OneOf(one) => one.items.iter_mut().for_each(name),
        Schema::AllOf(all) => all.items.iter_mut().for_each(name),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(name),
        _ => {}
    }
}

fn number(object: &mut Object) {
    let never_less = matches!(object.minimum, Some(Number::Int(0..) | Number::UInt(_)))
        || matches!(object.minimum, Some(Number::Float(least)) if least >= 0.0);
    let format = match object.format {
        Some(SchemaFormat::KnownFormat(KnownFormat::Int32)) if never_less => "uint32",
        Some(SchemaFormat::KnownFormat(KnownFormat::Int64)) if never_less => "uint64",
        _ => return,
    };
    object.format = Some(SchemaFormat::Custom(format.to_owned()));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn what_is_never_less_than_nothing_is_called_so() {
        let document: Value = serde_json::from_str(&super::super::document()).unwrap();
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["AskBody"]["properties"]["solution"]["items"]["format"], json!("uint32"));
        assert_eq!(schemas["InvitationView"]["properties"]["uses_max"]["format"], json!("uint32"));
        let in_path = &document["paths"]["/api/v1/cases/{case}/tracks/{track}"]["get"]["parameters"][1]["schema"];
        assert_eq!(in_path["format"], json!("uint32"));
        assert_eq!(schemas["Cover"]["properties"]["width"]["minimum"], json!(0), "and that stays said");
    }
}
