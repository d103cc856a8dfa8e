<?php

declare(strict_types=1);

namespace Apn\AmiClient\Console;

use Apn\AmiClient\AmiEvent;

/** An event as one line: time, node, name, channel or queue, caller, and what is particular to it. */
final readonly class EventLine
{
    private const array COLOURS = ['Newchannel' => 32, 'Hangup' => 31, 'OriginateResponse' => 35, 'UserEvent' => 36];

    /** Where an event is about no channel and no queue, the first of these says what it is about. */
    private const array SUBJECTS = ['UserEvent', 'Device', 'Peer', 'Endpoint', 'Exten', 'AccountID', 'Interface', 'BridgeUniqueid', 'Status'];

    /** What is particular to an event, as values of these headers. */
    private const array PARTICULARS = [
        'Hangup' => ['Cause-txt'], 'UserEvent' => ['UserEvent'], 'Newstate' => ['ChannelStateDesc'], 'DialEnd' => ['DialStatus'],
        'Newexten' => ['Application'], 'VarSet' => ['Variable'], 'DeviceStateChange' => ['State'], 'OriginateResponse' => ['Response', 'Reason'],
        'QueueMemberPause' => ['Paused'], 'QueueMemberStatus' => ['Status'], 'Cdr' => ['Disposition'], 'PeerStatus' => ['PeerStatus'],
        'ContactStatus' => ['ContactStatus'], 'ExtensionStatus' => ['StatusText'], 'BridgeEnter' => ['BridgeUniqueid'], 'BridgeLeave' => ['BridgeUniqueid'],
        'DTMFBegin' => ['Digit'], 'DTMFEnd' => ['Digit'], 'MusicOnHoldStart' => ['Class'], 'Reload' => ['Module'], 'Registry' => ['Status'],
    ];

    public function __construct(private Screen $screen, private int $nodeWidth) {}

    public function of(AmiEvent $event): string
    {
        $colour = self::COLOURS[$event->name] ?? (str_starts_with($event->name, 'Queue') || str_starts_with($event->name, 'Agent') ? 33 : null);
        $name = Screen::cell($event->name, 20);
        $particulars = self::particulars($event);

        return rtrim(\sprintf(
            '%s.%03d  %s  %s  %s  %s %s',
            date('H:i:s', (int) $event->receivedAt),
            (int) (fmod($event->receivedAt, 1) * 1000),
            Screen::cell($event->serverKey, $this->nodeWidth),
            $colour === null ? $name : $this->screen->colour($name, $colour),
            Screen::cell(self::about($event), 48),
            Screen::clean(self::caller($event)),
            $particulars === '' ? '' : $this->screen->colour(Screen::clean($particulars), 2),
        ));
    }

    /** Names and states, and no values of variables: these may be secrets. */
    private static function particulars(AmiEvent $event): string
    {
        $values = array_map($event->get(...), self::PARTICULARS[$event->name] ?? []);

        return trim(implode(' ', $values));
    }

    private static function about(AmiEvent $event): string
    {
        $queue = $event->get('Queue');
        if ($queue !== null) {
            return trim("queue $queue " . ($event->get('MemberName') ?? $event->get('Channel') ?? ''));
        }
        $channel = $event->get('Channel') ?? $event->get('DestChannel') ?? $event->get('LocalOneChannel');
        if ($channel !== null) {
            return trim($channel . '  ' . ($event->get('Uniqueid') ?? ''));
        }
        foreach (self::SUBJECTS as $header) {
            $value = $event->get($header);
            if ($value !== null && $value !== '') {
                return $value;
            }
        }

        return '';
    }

    private static function caller(AmiEvent $event): string
    {
        [$number, $name] = [$event->get('CallerIDNum') ?? '', $event->get('CallerIDName') ?? ''];
        $known = static fn(string $text): bool => $text !== '' && $text !== '<unknown>';

        return trim(($known($name) ? "\"$name\" " : '') . ($known($number) ? "<$number>" : ''));
    }
}
