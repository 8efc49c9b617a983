"""Lists of work items as the trackers export them: one row an item, its state now, a few dates."""

from __future__ import annotations

from dashboard.sources.formats import Format, Role

NAMES = (
    "item_id",
    "source_id",
    "title",
    "type",
    "team",
    "priority",
    "status",
    "category",
    "resolution",
    "parent_id",
    "points",
    "created_at",
    "started_at",
    "finished_at",
    "cancelled_at",
    "pull_request",
    "merged_at",
    "labels",
    "stream",
)


def _list(name: str, title: str, recognised_by: str, needed: str, /, *notes: str, **names: str) -> Format:
    """A format whose rows are items. `names` give a role the columns that tools call it, `|` between them.

    `needed` are the roles that must be there, and after a slash columns that must.
    """
    roles, _, signature = needed.partition("/")
    return Format(
        name,
        title,
        recognised_by,
        tuple(
            Role(role, tuple(names.get(role, "").split("|")) if role in names else (), role in roles.split())
            for role in NAMES
        ),
        queries="item_list",
        signature=tuple(signature.split()),
        notes=notes,
    )


JIRA = _list(
    "jira_csv",
    "Jira issues (CSV)",
    "Issue key, Issue Type, Status, Created (also in German, French, Spanish, Portuguese, Italian, Dutch, Polish, "
    "Finnish, Japanese)",
    "item_id status created_at",
    item_id="issue_key|work_item_key|vorgangsschlüssel|schlüssel|clé_de_ticket|clé|clave_de_incidencia|"
    "clave_de_la_incidencia|clave|klucz_zgłoszenia|issuesleutel|chave_da_item|chave_do_item|chave|tunnus|"
    "chiave_ticket|課題キー|キー|issue_id|work_item_id",
    source_id="issue_id|work_item_id|vorgangs_id|id_de_ticket|id_de_la_incidencia|id_zgłoszenia|id_da_item|課題id",
    title="summary|zusammenfassung|résumé|resumen|podsumowanie|samenvatting|resumo|yhteenveto|riepilogo|要約",
    type="issue_type|work_type|work_item_type|vorgangstyp|type_de_ticket|tipo_de_incidencia|typ_zgłoszenia|issuetype|"
    "type_item|tipo_de_item|tipo_do_item|asian_tyyppi|tipo_di_ticket|課題タイプ",
    status="status|état|statut|estado|tila|stato|ステータス",
    category="status_category|statuskategorie|catégorie_d_état|categoría_de_estado|kategoria_statusu|"
    "categoria_do_status|statuscategorie",
    resolution="resolution|lösung|résolution|resolución|rozwiązanie|oplossing|resolução|ratkaisu|risoluzione",
    priority="priority|priorität|priorité|prioridad|priorytet|prioriteit|prioridade|prioriteetti|priorità|優先度",
    parent_id="parent_key|clave_principal|clé_parent|parent|principal|übergeordnet|element_nadrzędny|parent_id",
    points="custom_field_story_points|custom_field_story_point_estimate|campo_personalizado_story_points|"
    "pole_niestandardowe_story_points|pole_niestandardowe_story_point_estimate|benutzerdefinierte_felder_story_points|"
    "champs_personnalisés_story_points|story_points",
    created_at="created|erstellt|création|créé|creación|creada|utworzono|aangemaakt|gemaakt|criado|luotu|creato|作成日",
    finished_at="resolved|erledigt|gelöst|résolu|résolue|resuelta|resuelto|rozwiązane|opgelost|resolvido|ratkaistu|"
    "risolto|解決日",
    team="custom_field_team|campo_personalizado_team|team",
    labels="labels|stichwörter|étiquettes|etiquetas|etykiety|labels|etichette|tunnisteet|ラベル",
)

JIRA_PIPELINE = _list(
    "jira_pipeline",
    "Jira Data Center pipeline",
    "instance_url, project_key, issue_type, status_category",
    "item_id status created_at/instance_url project_key issue_type status_category",
    item_id="issue_key|key",
    source_id="issue_id|id",
    title="summary|title",
    type="issue_type",
    status="status",
    category="status_category",
    resolution="resolution",
    priority="priority",
    parent_id="parent_key|parent|epic_key",
    points="story_points",
    created_at="created|created_at|created_date",
    finished_at="resolved|resolved_at|resolution_date|resolutiondate",
    team="team",
    labels="labels",
)

LINEAR = _list(
    "linear",
    "Linear issues (CSV)",
    "ID, Team, Started, Completed, Canceled",
    "item_id started_at finished_at cancelled_at created_at",
    item_id="id",
    title="title",
    status="status",
    priority="priority",
    parent_id="parent_issue",
    points="estimate",
    created_at="created",
    started_at="started",
    finished_at="completed",
    cancelled_at="canceled|cancelled",
    team="team",
    type="type",
    labels="labels",
)

GITLAB = _list(
    "gitlab",
    "GitLab issues (CSV)",
    "Issue ID or IID, Created At (UTC), Closed At (UTC)",
    "item_id created_at finished_at",
    item_id="iid|issue_id|id",
    source_id="id",
    title="title",
    status="state",
    type="type|issue_type",
    created_at="created_at_utc",
    finished_at="closed_at_utc",
    points="weight",
    priority="priority",
    team="team",
    labels="labels",
)

GITLAB_JSON = _list(
    "gitlab_json",
    "GitLab issues (JSON)",
    "iid, project_id, created_at, closed_at, state",
    "item_id created_at status/iid project_id closed_at",
    item_id="iid",
    source_id="id",
    title="title",
    status="state",
    type="issue_type|type",
    created_at="created_at",
    finished_at="closed_at",
    points="weight",
    labels="labels",
)

GITHUB = _list(
    "github_issues",
    "GitHub issues and pull requests (JSON or CSV)",
    "number, createdAt or created_at, closedAt or closed_at",
    "item_id created_at finished_at",
    item_id="number",
    source_id="id",
    title="title",
    status="state",
    resolution="statereason|state_reason",
    created_at="createdat|created_at",
    finished_at="closedat|closed_at",
    type="type_name|issue_type",
    pull_request="pull_request_url|pull_request_html_url",
    merged_at="pull_request_merged_at",
    labels="labels|label_names",
)

AZURE_NAMES = {
    "item_id": "id",
    "title": "title",
    "type": "work_item_type",
    "status": "state",
    "priority": "priority",
    "parent_id": "parent",
    "points": "story_points|effort|size",
    "created_at": "created_date",
    "started_at": "activated_date",
    "finished_at": "closed_date",
    "team": "area_path|node_name|team",
    "labels": "tags",
}
AZURE = _list(
    "azure_boards", "Azure DevOps boards (CSV)", "ID, Work Item Type, State", "item_id status type", **AZURE_NAMES
)
AZURE_DATES = _list(
    "azure_dates",
    "Azure DevOps query of dates (CSV)",
    "ID, Activated Date, Closed Date",
    "item_id started_at finished_at/activated_date closed_date",
    **AZURE_NAMES,
)

TRELLO_CSV = _list(
    "trello_csv",
    "Trello board (CSV)",
    "Card ID, Card Name, List Name",
    "item_id status/card_name list_name",
    "no dates but those in the cards' ids: starts, ends and stages are unknown (export the board as JSON)",
    item_id="card_id",
    source_id="card_id",
    title="card_name",
    status="list_name",
    created_at="created_at",
    labels="labels",
)

DEVLAKE = _list(
    "devlake_issues",
    "DevLake issues",
    "issue_key, original_status, created_date, resolution_date",
    "item_id created_at finished_at/original_status",
    item_id="issue_key",
    source_id="id",
    title="title",
    type="original_type|type",
    status="original_status",
    category="status",
    priority="priority",
    parent_id="parent_issue_id",
    points="story_point",
    created_at="created_date",
    finished_at="resolution_date",
    team="component",
    labels="labels",
)

ITEM_LIST = _list(
    "item_list",
    "Item list (CSV, Parquet, JSON)",
    "id and created, and any of title, type, team, status, started, finished, parent, points",
    "item_id created_at",
    item_id="id|item_id|key|item|number|ticket|issue|issue_id|work_item_id|case_id",
    title="title|name|summary|subject",
    type="type|kind|work_item_type|item_type|issue_type",
    team="team|owning_team|squad|package|project|group",
    priority="priority",
    status="status|state",
    resolution="resolution|state_reason",
    parent_id="parent|parent_id|parent_reference_id|epic",
    points="points|story_points|estimate|size",
    created_at="created|created_at|created_date|creation_date|opened|opened_at|createdat|reported",
    started_at="started|started_at|started_date|start_date|activated_date|start|startedat",
    finished_at="finished|finished_at|finished_date|closed|closed_at|closed_date|completed|completed_at|"
    "completed_date|resolved|resolved_at|done|done_at|end_date|closedat",
    cancelled_at="cancelled|canceled|cancelled_at|canceled_at|withdrawn_at",
    stream="stream",
    labels="labels|tags|label|tag",
)

TOOLS = (JIRA_PIPELINE, JIRA, LINEAR, GITLAB, GITLAB_JSON, DEVLAKE, TRELLO_CSV, GITHUB, AZURE, AZURE_DATES)
