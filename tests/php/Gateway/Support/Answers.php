<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Gateway\Support;

use Apn\AmiClient\Action;
use Apn\AmiClient\Testing\Answer;
use Apn\AmiClient\Testing\FakeManager;

/** A fake that answers as the simulator does. */
final class Answers
{
    /** @param list<string> $servers */
    public static function manager(array $servers = ['pbx1', 'pbx2'], bool $connected = true): FakeManager
    {
        return new FakeManager([
            'Ping' => ['Ping' => 'Pong'],
            'CoreShowChannels' => Answer::list([['Event' => 'CoreShowChannel', 'Channel' => 'PJSIP/1']], 'CoreShowChannelsComplete'),
            'Command' => Answer::output('Asterisk 22.10.0 built by nobody'),
            'Originate' => static fn(Action $action): Answer => ($action->headers()['Channel'] ?? '') === 'Local/1003@default' ? Answer::originateFailed(5) : Answer::originated(),
            'Nonsense' => Answer::error('Invalid/unknown command: Nonsense.'),
        ], $servers, connected: $connected);
    }
}
