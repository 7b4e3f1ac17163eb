"""What search engines read about a page: schema.org's terms as one JSON-LD record.

Called by the MkDocs hooks for every page; the template writes the record as a data block, which no browser executes.
"""

from __future__ import annotations

from typing import Any

from roadmap.topic import Topic

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
TYPES = {"explainer": "LearningResource", "project": "LearningResource", "post": "BlogPosting", "section": "CollectionPage"}


def structured_data(topic: Topic | None, title: str, description: str, url: str | None, site_url: str, site_name: str) -> dict[str, Any]:
    """The record of one page; prerequisites and reading time where it is on the map."""
    record: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": TYPES.get(topic.kind if topic else "", "WebPage"),
        "name": title,
        "description": description,
        "url": url or site_url,
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": LICENSE,
        "isPartOf": {"@type": "WebSite", "name": site_name, "url": site_url},
    }
    if topic and topic.changed:
        record["dateModified"] = topic.changed.isoformat()
    if topic and (concept := topic.concept):
        record["learningResourceType"] = concept.kind
        record["teaches"] = [title, *concept.aliases]
        if concept.minutes:
            record["timeRequired"] = f"PT{concept.minutes}M"
        # A prerequisite that is only planned is named all the same: it is what a reader must know.
        record["competencyRequired"] = [{"@type": "DefinedTerm", "name": need.title, **({"url": f"{site_url}{need.url}"} if need.url else {})}
                                        for need in topic.prerequisites]
    if topic and topic.kind == "post":
        record["headline"] = title
        record["about"] = [named.title for named in topic.concepts]
    return {key: value for key, value in record.items() if value not in ("", [])}
