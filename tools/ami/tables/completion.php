<?php

declare(strict_types=1);

/*
 * What completes an action, where that is not a response alone or the list that tables and observation know.
 */

return [
    // Lists only sometimes: where there is nothing to list, these answer "Success" and no list (apps/app_voicemail.c), so
    // that only the answer can tell.
    'sometimes' => ['VoicemailBoxSummary', 'VoicemailUserStatus', 'VoicemailUsersList'],
    // PHP code by action: what returns the strategy, the classes that it names, and what it answers.
    'code' => [
        'Command' => [
            'return new CommandStrategy();',
            ['Command as CommandStrategy'],
            'A response with the lines that the command printed; an unknown command is an error.',
        ],
        'FAXSession' => ['return new MultiEvent([\'FAXSession\']);', ['MultiEvent'], 'A response and a FAXSession.'],
        'FAXStats' => ['return new MultiEvent([\'FAXStats\']);', ['MultiEvent'], 'A response and a FAXStats.'],
        'Hangup' => [
            '',
            [],
            'A response; for a regular expression a list of ChannelHungup, ended by ChannelsHungupListComplete.',
        ],
        'Originate' => [
            'return $this->async ? new AsyncEvent() : null;',
            ['AsyncEvent'],
            'A response that says it is queued, and an OriginateResponse when the call was answered or failed.',
        ],
        'PJSIPHangup' => [
            '',
            [],
            'A response; for a regular expression a list of ChannelHungup, ended by ChannelsHungupListComplete.',
        ],
        // Asterisk may be a second late; a day is the most that a strategy takes.
        'WaitEvent' => [
            <<<'PHP'
                $seconds = $this->timeout < 0 ? 86_400 : $this->timeout + 10;

                        return new MultiEvent(['WaitEventComplete'], min($seconds, 86_400) * 1_000);
                PHP,
            ['MultiEvent'],
            'A response when something happened or the time is over, the events, and a WaitEventComplete.',
        ],
    ],
];
