//! What the schema says about one value, as far as checking needs it.
//!
//! It understands the few words that our own types' schema uses; a test reads that schema whole.

use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind<'a> {
    Text,
    Flag,
    /// A whole number, no larger than this.
    Number(u64),
    /// One of these words.
    Word(Vec<&'a str>),
    List(&'a Value),
    /// Keys of the user's own choice.
    Map(&'a Value),
    /// Known keys. The name is the type's (`Endpoint`), the root has none.
    Object {
        name: Option<&'a str>,
        object: &'a Value,
    },
}

impl<'a> Kind<'a> {
    /// Nothing, if the schema uses a word that is not understood here.
    pub(crate) fn of(schema: &'a Value, root: &'a Value) -> Option<Kind<'a>> {
        if let Some(path) = schema["$ref"].as_str() {
            let name = path.strip_prefix("#/$defs/")?;
            return match Kind::of(&root["$defs"][name], root)? {
                Kind::Object { object, .. } => Some(Kind::Object { name: Some(name), object }),
                kind @ (Kind::Text
                | Kind::Flag
                | Kind::Number(_)
                | Kind::Word(_)
                | Kind::List(_)
                | Kind::Map(_)) => Some(kind),
            };
        }
        if let Some(words) = schema["enum"].as_array() {
            return words.iter().map(Value::as_str).collect::<Option<_>>().map(Kind::Word);
        }
        // What may also be something else is read as what it is first.
        let word = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
        match word {
            Some("string") => Some(Kind::Text),
            Some("boolean") => Some(Kind::Flag),
            Some("integer") => Some(Kind::Number(schema["maximum"].as_u64()?)),
            Some("array") => Some(Kind::List(&schema["items"])),
            Some("object") if schema["properties"].is_object() => {
                Some(Kind::Object { name: None, object: schema })
            }
            Some("object") => Some(Kind::Map(&schema["additionalProperties"])),
            Some(_) => None,
            None => {
                let words = schema["oneOf"].as_array()?.iter().map(|word| word["const"].as_str());
                words.collect::<Option<_>>().map(Kind::Word)
            }
        }
    }

    /// What a person would call it.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Kind::Text => "a text",
            Kind::Flag => "true or false",
            Kind::Number(_) => "a whole number",
            Kind::Word(_) => "one word",
            Kind::List(_) => "a list",
            Kind::Map(_) | Kind::Object { .. } => "a section with keys",
        }
    }

    pub(crate) fn example(&self) -> &'static str {
        match self {
            Kind::Text => "\"…\"",
            Kind::Flag => "true",
            Kind::Number(_) => "1",
            Kind::Word(_) => "…",
            Kind::List(_) => "[…]",
            Kind::Map(_) | Kind::Object { .. } => "{…}",
        }
    }
}

/// The known keys of an object, in the order of the schema.
pub(crate) fn keys(object: &Value) -> Vec<&str> {
    object["properties"].as_object().into_iter().flatten().map(|(key, _)| &**key).collect()
}

pub(crate) fn required(object: &Value) -> impl Iterator<Item = &str> {
    object["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    /// Every value that the schema describes, by its path.
    fn visit(
        schema: &Value,
        root: &Value,
        path: &str,
        unknown: &mut Vec<String>,
        seen: &mut usize,
    ) {
        *seen += 1;
        match Kind::of(schema, root) {
            None => unknown.push(format!("{path}: {schema}")),
            Some(Kind::Text | Kind::Flag | Kind::Number(_) | Kind::Word(_)) => {}
            Some(Kind::List(items) | Kind::Map(items)) => {
                visit(items, root, &format!("{path}[]"), unknown, seen);
            }
            Some(Kind::Object { object, .. }) => {
                for key in keys(object) {
                    visit(
                        &object["properties"][key],
                        root,
                        &format!("{path}.{key}"),
                        unknown,
                        seen,
                    );
                }
            }
        }
    }

    #[test]
    fn the_whole_schema_is_understood() {
        let (mut unknown, mut seen) = (Vec::new(), 0);
        let root = schema();
        visit(&root, &root, "", &mut unknown, &mut seen);
        assert_eq!(unknown, Vec::<String>::new());
        assert!(seen > 20, "{seen}");
    }
}
