"""The brake, and what comes of it, in Ukrainian."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "brake.title": "Гальмо",
    "brake.lead": "Негайно зупиніть те, що публікується само. Ніщо не зникає: усе, що мало бути "
    "сказане, чекає.",
    "brake.now": "Зараз зупинено",
    "brake.nothing": "Нічого не зупинено.",
    "brake.lost": "Запису про зупинки немає. Нічого й так не публікується: зверніться до "
    "інженерів.",
    "brake.by": "$by, $time",
    "brake.crisis": "через кризу: $by, $time",
    "brake.choose": "Що зробити?",
    "brake.stop.brand": "Зупинити весь бренд",
    "brake.stop.brand.hint": "Нічого не публікується в жодному каналі.",
    "brake.channels": "Зупинити один канал",
    "brake.topics": "Зупинити одну тему",
    "brake.release": "Дозволити далі: $scope",
    "brake.release.hint": "Зупинене не публікується само. Кожна відповідь чекає на згоду.",
    "brake.reason": "Причина",
    "brake.reason.hint": "Щоб дозволити далі, вона потрібна. Її збережено з вашим іменем.",
    "brake.submit": "Виконати",
    "brake.stopped": "Зупинено: $scope",
    "brake.released": "Працює далі: $scope",
    "brake.again": "Оберіть одне з цього. Нічого не змінено.",
    "brake.why": "Щоб дозволити далі, напишіть причину. Нічого не змінено.",
    "brake.changed": "Тим часом це хтось змінив. Подивіться ще раз.",
    "message.brake": "$brand: зупинено ($scope) за вашим SMS. Дозволити далі можна за вашим "
    "посиланням або через інженерів: SMS цього не може.",
    "reason.crisis_seen": "Про це пише $people, незадоволених серед них: $share%.",
    "reason.severe_seen": "Про те, що знає правило найвищого ризику, повідомляє $people.",
    "reason.released": "Автоматику знову дозволено ($scope): $by, $why",
    "reason.still_held": "Чекає на окрему згоду: $answers. Само нічого не вийшло.",
    "reason.ended_held": "Відкинуто: $answers. Запізно, або відповідає людина.",
    "reason.mention_gone": "Того, на що це відповідь, більше немає.",
}
