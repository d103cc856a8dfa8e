<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\Action;

/** Whether an action only looks. What is not known to only look is taken to change something. */
final readonly class ActionRisk
{
    /** Patterns of names of Asterisk 16 to 22 that only read. */
    private const array LOOKING = [
        'Ping', 'Challenge', 'CoreSettings', 'CoreStatus', 'CoreShow*', 'ListCommands', 'ListCategories', 'Status', 'ExtensionState*', 'PresenceState*',
        'DeviceStateList', 'QueueStatus', 'QueueSummary', 'QueueRule', 'PJSIPShow*', 'SIPpeers', 'SIPshow*', 'SIPpeerstatus', 'IAXpeers', 'IAXpeerlist',
        'IAXnetstats', 'IAXregistry', 'SKINNYdevices', 'SKINNYlines', 'SKINNYshow*', 'BridgeList', 'BridgeInfo', 'BridgeTechnologyList', 'ConfbridgeList*', 'MeetmeList*',
        'ParkedCalls', 'Parkinglots', 'Agents', 'MailboxStatus', 'MailboxCount', 'MWIGet', 'VoicemailUser*', 'VoicemailBoxSummary', 'ShowDialPlan',
        'ModuleCheck', 'FAXSession*', 'FAXStats', 'DAHDIShow*', 'PRIShow*', 'GetConfig', 'GetConfigJSON', 'DBGet', 'DBGetTree', 'Getvar', 'WaitEvent',
    ];

    public static function changesSomething(Action $action): bool
    {
        return match (strcasecmp($action->name(), 'Command')) {
            0 => !self::isShowing($action),
            default => !NamePattern::any(self::LOOKING, $action->name()) || self::callsFunction($action),
        };
    }

    /** Getvar and Status read functions as they read variables, and `SHELL(...)` or `DB_DELETE(...)` does something. */
    private static function callsFunction(Action $action): bool
    {
        $headers = array_change_key_case($action->headers());
        $names = [...array_values((array) ($headers['variable'] ?? [])), ...array_values((array) ($headers['variables'] ?? []))];

        return array_any($names, static fn(mixed $name): bool => \is_string($name) && str_contains($name, '('));
    }

    /** Commands that show something all say so: `core show channels`, `pjsip show endpoints`. */
    private static function isShowing(Action $action): bool
    {
        $commands = array_change_key_case($action->headers())['command'] ?? '';

        return \is_string($commands) && preg_match('/\A\s*(?:[\w-]+\s+)?(?:show|list)\b[^;|]*\z/i', $commands) === 1;
    }
}
