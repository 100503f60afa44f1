"""Every address, in one list. Who may enter which stands in ``access``."""

from django.urls import path

from fairhearing.web.api.urls import api
from fairhearing.web.auditor import views as auditor
from fairhearing.web.controller import programme as controlled
from fairhearing.web.controller import views as controller
from fairhearing.web.investigator import views as investigator
from fairhearing.web.public import language, log
from fairhearing.web.public import views as public
from fairhearing.web.reviewer import me
from fairhearing.web.reviewer import views as reviewer
from fairhearing.web.speaker import asked, consent, pause, requests, takeaway
from fairhearing.web.speaker import views as speaker

urlpatterns = [
    path("", public.start, name="start"),
    path("sign-in", public.sign_in, name="sign-in"),
    path("sign-out", public.sign_out, name="sign-out"),
    path("invitation/<str:token>", public.invitation, name="invitation"),
    path("language", language.choose, name="language"),
    path("csp-report", public.csp_report, name="csp-report"),
    path("health", public.health, name="health"),
    path("demo/door", public.demo_door, name="demo-door"),
    path("log/", log.page, name="log-page"),
    path("log/proof/<int:index>", log.proof, name="log-proof"),
    path("log/checkpoint", log.checkpoint, name="log-checkpoint"),
    path("log/tile/<path:tile>", log.tile, name="log-tile"),
    path("recalls/<str:release>", public.recalls, name="recalls"),
    path("review/", reviewer.home, name="review-home"),
    path("review/help/", reviewer.help_page, name="review-help"),
    path("review/me/", me.page, name="review-me"),
    path("review/me/data.json", me.data, name="review-me-data"),
    path("review/me/disputes", me.dispute, name="review-dispute"),
    path("review/me/requests", me.ask, name="review-request"),
    path("review/<slug:programme>/", reviewer.work, name="review-work"),
    path("speaker/", speaker.home, name="speaker-home"),
    path("speaker/asked", asked.asked, name="speaker-asked"),
    path("speaker/link", speaker.link, name="speaker-link"),
    path("speaker/erase", speaker.erase, name="speaker-erase"),
    path("speaker/pause", pause.pause, name="speaker-pause"),
    path("speaker/withdraw", speaker.withdraw, name="speaker-withdraw"),
    path("speaker/recordings/<str:recording>/audio", speaker.original, name="speaker-original"),
    path("speaker/take-away", takeaway.take_away, name="speaker-take-away"),
    path("speaker/requests", requests.page, name="speaker-requests"),
    path("speaker/consent", consent.receipt, name="speaker-consent"),
    path("speaker/leave", speaker.leave, name="speaker-leave"),
    path("speaker/clips/<str:clip>/audio", speaker.audio, name="speaker-audio"),
    path("controller/", controller.home, name="controller-home"),
    path("controller/pauses", controller.pauses, name="controller-pauses"),
    path("controller/resume", controller.resume, name="controller-resume"),
    path("controller/requests", controlled.answer_request, name="controller-request"),
    path("controller/corrections", controlled.answer_correction, name="controller-correction"),
    path("controller/programmes/<slug:programme>/", controlled.page, name="controller-programme"),
    path("controller/programmes/<slug:programme>/progress.csv", controlled.progress_csv, name="controller-csv"),
    path("controller/programmes/<slug:programme>/progress.json", controlled.progress_json, name="controller-json"),
    path("controller/programmes/<slug:programme>/guidance", controlled.write_guidance, name="controller-guidance"),
    path("controller/programmes/<slug:programme>/rulings", controlled.rule, name="controller-ruling"),
    path("auditor/", auditor.home, name="auditor-home"),
    path("auditor/entries.csv", auditor.entries_csv, name="auditor-entries-csv"),
    path("auditor/entries.jsonl", auditor.entries_jsonl, name="auditor-entries-jsonl"),
    path("auditor/entries/<str:entry>", auditor.entry, name="auditor-entry"),
    path("traces/", investigator.home, name="traces"),
    path("traces/<str:trace>/", investigator.trace, name="trace"),
    path("traces/<str:trace>/approve", investigator.approve, name="trace-approve"),
    path("traces/<str:trace>/answer", investigator.answer, name="trace-answer"),
    path("api/v1/", api.urls),
]

handler404 = "fairhearing.web.public.views.not_found"
handler500 = "fairhearing.web.public.views.failed"
