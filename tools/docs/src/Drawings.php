<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

/**
 * The drawings of the manual. They are narrow, so that they can be read on a phone.
 */
final class Drawings
{
    private const int WIDTH = 520;

    /** @return array<string, string> SVG by the name of its file */
    public static function all(): array
    {
        return [
            'action.svg' => self::action(),
            'event.svg' => self::event(),
            'io.svg' => self::io(),
            'machines.svg' => self::machines(),
            'tick.svg' => self::tick(),
        ];
    }

    private static function tick(): string
    {
        return (new Drawing(self::WIDTH, 448, 'One tick: it waits once, works in Rust for each server in turn, then calls PHP'))
            ->labelled(20, 20, 430, 78, 'asterisk', 'Wait, once, for all servers', '250 ms at most; a byte, a timer or a signal ends it', 'the only place that waits')
            ->arrow(235, 98, 235, 122)
            ->box(20, 122, 430, 140, 'rust')
            ->text(235, 145, 'Work, in Rust, for each server in turn', 'middle', true)
            ->labelled(36, 160, 92, 58, 'plain', 'read', 'and parse')
            ->arrow(128, 189, 141, 189)
            ->labelled(141, 160, 92, 58, 'plain', 'sort', 'and queue')
            ->arrow(233, 189, 246, 189)
            ->labelled(246, 160, 92, 58, 'plain', 'write', 'what waits')
            ->arrow(338, 189, 351, 189)
            ->labelled(351, 160, 84, 58, 'plain', 'expire', 'by time')
            ->text(235, 245, 'a budget for each: what is left over is the next tick\'s', 'middle', isQuiet: true)
            ->arrow(235, 262, 235, 286)
            ->box(20, 286, 430, 140, 'php')
            ->text(235, 309, 'Call, in PHP, nothing being locked', 'middle', true)
            ->labelled(36, 324, 120, 58, 'plain', 'onComplete()', 'ended actions')
            ->arrow(156, 353, 170, 353)
            ->labelled(170, 324, 130, 58, 'plain', 'listeners', 'servers in turn')
            ->arrow(300, 353, 314, 353)
            ->labelled(314, 324, 121, 58, 'plain', 'logger', 'and metrics')
            ->text(235, 408, 'what you send here is written by the next tick', 'middle', isQuiet: true)
            ->arrow(450, 356, 490, 356, 490, 59, 452, 59)
            ->svg();
    }

    private static function io(): string
    {
        $drawing = (new Drawing(self::WIDTH, 482, 'Inline, nothing is read while a listener waits, and Asterisk ends the session; in the background a thread reads on, and the queue drops what is too much'))
            ->text(20, 32, 'io: inline', isStrong: true)
            ->text(20, 68, 'PHP')
            ->labelled(90, 48, 50, 30, 'rust', 'read')
            ->labelled(140, 48, 250, 30, 'php', 'a listener takes its time')
            ->labelled(390, 48, 50, 30, 'rust', 'read')
            ->text(20, 116, 'kernel')
            ->area('unsure', 140, 128, 300, 98, 390, 98, 390, 128)
            ->text(245, 123, 'its buffers fill', 'middle')
            ->text(20, 164, 'session')
            ->labelled(90, 146, 228, 30, 'good', 'lives')
            ->labelled(318, 146, 182, 30, 'bad', 'cut by Asterisk')
            ->text(90, 202, 'What is sent until it is back is in no event: a gap.', isQuiet: true)
            ->text(20, 252, 'io: background', isStrong: true)
            ->text(20, 288, 'thread')
            ->labelled(90, 268, 410, 30, 'rust', 'reads, sorts, answers heartbeats')
            ->text(20, 336, 'PHP')
            ->labelled(90, 316, 300, 30, 'php', 'a listener takes its time')
            ->labelled(390, 316, 110, 30, 'php', 'listeners')
            ->text(20, 384, 'queue')
            ->area('unsure', 90, 396, 270, 366, 390, 366, 500, 390, 500, 396)
            ->text(330, 384, 'full', 'middle')
            ->text(20, 432, 'session')
            ->labelled(90, 414, 410, 30, 'good', 'lives')
            ->text(90, 464, 'What a full queue gives up is counted, by name.', isQuiet: true);

        return $drawing->svg();
    }

    private static function event(): string
    {
        $drawing = new Drawing(self::WIDTH, 560, 'The way of an event from Asterisk to a listener, and eight places where it can be lost');
        $steps = [
            ['asterisk', 'Asterisk', 'A', 'not sent: rights, mask, filters'],
            ['asterisk', 'the session', 'B', 'there is none: onGap() tells it'],
            ['plain', 'the socket', 'C', 'cut, when it is read too slowly'],
            ['rust', 'parser', 'D', 'too long, or garbage: counted'],
            ['rust', 'does anybody listen?', 'E', 'nobody: counted'],
            ['rust', 'queue', 'F', 'full: the oldest goes, counted'],
            ['php', 'your listener', 'G', 'it throws: logged, counted'],
            ['php', 'the end of the process', 'H', 'killed: nobody is left to tell'],
        ];
        foreach ($steps as $number => [$color, $name, $letter, $loss]) {
            $y = 18 + 67 * $number;
            $drawing->labelled(20, $y, 190, 44, $color, $name);
            if ($number < 7) {
                $drawing->arrow(115, $y + 44, 115, $y + 66);
            }
            $drawing->arrow(210, $y + 22, 232, $y + 22)->mark(244, $y + 22, $letter)->text(262, $y + 27, $loss);
        }

        return $drawing->svg();
    }

    private static function action(): string
    {
        return (new Drawing(self::WIDTH, 452, 'The ends of an action: what was not written can be sent again, what was written and not answered is not known'))
            ->labelled(20, 20, 190, 50, 'php', 'send()')
            ->arrow(210, 45, 262, 45)
            ->labelled(264, 20, 236, 50, 'good', 'it throws', 'nothing was queued')
            ->arrow(115, 70, 115, 108)
            ->labelled(20, 108, 190, 50, 'rust', 'queued')
            ->arrow(210, 133, 262, 133)
            ->labelled(264, 108, 236, 50, 'good', 'ActionSendFailed', 'not all was written')
            ->arrow(115, 158, 115, 196)
            ->labelled(20, 196, 190, 50, 'rust', 'written, waits')
            ->arrow(210, 221, 262, 221)
            ->labelled(264, 196, 236, 67, 'unsure', 'lost, timed out, cancelled', 'not known whether', 'the server did it')
            ->arrow(115, 246, 115, 304)
            ->labelled(20, 304, 190, 50, 'asterisk', 'the server answers')
            ->arrow(210, 329, 262, 329)
            ->labelled(264, 304, 236, 50, 'plain', 'answer, or error response', 'done, or refused')
            ->box(20, 392, 14, 14, 'good')->text(42, 404, 'was not carried out: may be sent again')
            ->box(20, 418, 14, 14, 'unsure')->text(42, 430, 'not known: ask the server first. Nothing is repeated by itself.')
            ->svg();
    }

    private static function machines(): string
    {
        return (new Drawing(self::WIDTH, 404, 'Asterisk servers, one process that is connected to them, one that stands by, Redis, and the processes that use it'))
            ->labelled(20, 20, 130, 50, 'asterisk', 'pbx1')
            ->labelled(195, 20, 130, 50, 'asterisk', 'pbx2')
            ->labelled(370, 20, 130, 50, 'asterisk', 'pbx3')
            ->arrow(150, 118, 85, 72)
            ->arrow(180, 118, 250, 72)
            ->arrow(215, 118, 425, 72)
            ->labelled(60, 120, 200, 62, 'rust', 'the listener', 'all connections are here')
            ->box(310, 120, 190, 62, 'plain', true)
            ->text(405, 147, 'stands by', 'middle', true)
            ->text(405, 164, 'nothing is connected', 'middle')
            ->arrow(160, 182, 160, 226)
            ->arrow(405, 182, 405, 226)
            ->labelled(20, 228, 480, 50, 'plain', 'Redis', 'events out, actions in and their answers, the lock')
            ->arrow(95, 318, 95, 280)
            ->arrow(260, 318, 260, 280)
            ->arrow(425, 280, 425, 318)
            ->labelled(20, 320, 150, 60, 'php', 'web requests', 'place calls')
            ->labelled(185, 320, 150, 60, 'php', 'queue workers', 'place calls')
            ->labelled(350, 320, 150, 60, 'php', 'consumers', 'get every event')
            ->svg();
    }
}
