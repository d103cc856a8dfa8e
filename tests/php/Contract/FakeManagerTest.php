<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Contract;

use Apn\AmiClient\Action;
use Apn\AmiClient\Testing\Answer;
use Apn\AmiClient\Testing\FakeClient;
use Apn\AmiClient\Testing\FakeManager;

/** The fake, scripted to answer as the simulator does; with and without the extension. */
final class FakeManagerTest extends AmiClientManagerContract
{
    private const array KNOWN = ['Ping', 'UserEvent', 'CoreShowChannels', 'Command', 'Originate'];

    private ?FakeManager $manager = null;

    protected function manager(): FakeManager
    {
        return $this->manager ??= new FakeManager([
            'Ping' => ['Ping' => 'Pong'],
            'UserEvent' => $this->answerUserEvent(...),
            'CoreShowChannels' => Answer::list([['Event' => 'CoreShowChannel', 'Channel' => 'PJSIP/1']], 'CoreShowChannelsComplete'),
            'Command' => Answer::output('Asterisk 22.10.0 built by nobody'),
            'Originate' => static fn(Action $action): Answer => ($action->headers()['Channel'] ?? '') === 'Local/1003@default' ? Answer::originateFailed(5) : Answer::originated(),
            '*' => static fn(Action $action): Answer => Answer::error("Invalid/unknown command: {$action->name()}."),
        ], ['pbx1', 'pbx2'], connected: false);
    }

    protected function mute(string $action): void
    {
        self::assertContains($action, self::KNOWN);
        $this->manager()->answer($action, Answer::never());
    }

    protected function cut(string $server): void
    {
        $this->manager()->down($server)->up($server);
    }

    protected function addNobody(string $key): FakeClient
    {
        $added = $this->manager()->addServer(self::config($key));
        $this->manager()->down($key, 'connect_timeout');

        return $added;
    }

    private function answerUserEvent(Action $action, string $server): Answer
    {
        $this->manager()->push('UserEvent', $action->headers(), $server);

        return Answer::response('Success', ['Message' => 'Event Sent']);
    }
}
