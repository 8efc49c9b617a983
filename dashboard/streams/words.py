"""Words that tell what a state means, in the languages that trackers are used in.

Order matters: cancelled before done ("closed as duplicate"), done before backlog ("not open any more").
"""

from __future__ import annotations

from collections.abc import Mapping

CATEGORY_WORDS: Mapping[str, tuple[str, ...]] = {
    "cancelled": (
        "cancelled", "canceled", "rejected", "withdrawn", "won't do", "wont do", "won't fix", "wontfix", "abandoned",
        "removed", "discarded", "duplicate", "declined", "obsolete", "invalid", "not planned", "abgebrochen",
        "verworfen", "abgelehnt", "storniert", "annulé", "abandonné", "rejeté", "cancelado", "cancelada", "rechazado",
        "descartado", "rejeitado", "geannuleerd", "afgewezen", "annullato", "rifiutato", "anulowane", "odrzucone",
        "peruttu", "hylätty", "avbruten", "已取消", "取消", "已拒绝", "却下",
    ),
    "done": (
        "done", "closed", "resolved", "completed", "complete", "finished", "released", "deployed", "shipped",
        "delivered", "live", "in production", "published", "end", "erledigt", "fertig", "geschlossen",
        "abgeschlossen", "gelöst", "terminé", "terminée", "fermé", "clos", "résolu", "livré", "hecho", "cerrado",
        "terminado", "finalizado", "finalizada", "resuelto", "listo", "concluído", "concluido", "feito", "fechado",
        "resolvido", "entregue", "klaar", "gereed", "gesloten", "afgerond", "opgelost", "fatto", "chiuso",
        "completato", "risolto", "gotowe", "zrobione", "zamknięte", "zakończone", "valmis", "suljettu", "ratkaistu",
        "klar", "stängd", "已完成", "完成", "已关闭", "关闭", "已解决", "完了",
    ),
    "backlog": (
        "backlog", "open", "new", "to do", "todo", "created", "selected for development", "funnel", "idea", "ideas",
        "proposed", "draft", "inbox", "icebox", "requested", "start", "unstarted", "not started", "triage", "offen",
        "neu", "zu erledigen", "à faire", "ouvert", "nouveau", "por hacer", "tareas por hacer", "abierto", "nuevo",
        "pendiente", "a fazer", "aberto", "novo", "te doen", "nieuw", "da fare", "aperto", "nuovo", "do zrobienia",
        "nowe", "otwarte", "tehtävä", "avoin", "uusi", "att göra", "öppen", "待办", "新建", "未开始", "打开", "未着手",
    ),
}

WAIT_WORDS: tuple[str, ...] = (
    "waiting", "wait", "awaiting", "queue", "queued", "ready", "pending", "blocked", "on hold", "hold", "parked",
    "paused", "deferred", "needs", "requested", "to be", "to review", "to test", "in queue", "approved", "assigned",
    "unmatched", "submitted", "wartet", "warten", "blockiert", "bereit", "zurückgestellt", "en attente", "prêt",
    "bloqué", "en espera", "bloqueado", "aguardando", "em espera", "pronto", "wachten", "wacht", "geblokkeerd",
    "in attesa", "bloccato", "oczekuje", "oczekiwanie", "zablokowane", "odottaa", "estetty", "väntar", "blockerad",
    "等待", "待", "阻塞", "暂停",
)

ACTIVITY_WORDS: Mapping[str, tuple[str, ...]] = {
    "NNVA": (
        "approval", "approve", "sign-off", "signoff", "sign off", "validation", "compliance", "audit", "inspection",
        "documentation", "change board", "cab", "freigabe", "genehmigung", "validierung", "approbation", "aprobación",
        "aprovação", "goedkeuring", "审批", "审核",
    ),
}

WASTE_WORDS: Mapping[str, tuple[str, ...]] = {
    "batch": ("release", "deploy", "deployment", "ship", "production", "lieferung", "livraison", "发布", "上线"),
    "handoff": ("review", "approval", "approved", "sign-off", "test", "qa", "assigned", "prüfung", "审批", "测试"),
}
