<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Unit\Diagnosis;

use Apn\AmiClient\AmiResponse;
use Apn\AmiClient\Diagnosis\Catalog;
use Apn\AmiClient\Diagnosis\ManagerConf;
use PHPUnit\Framework\TestCase;

final class ManagerConfTest extends TestCase
{
    public function test_the_settings_that_asterisk_shows_are_read(): void
    {
        $conf = ManagerConf::ofCommand(AmiResponse::fromRaw('a', "Response: Success\nMessage: Command output follows\nOutput: \nOutput:   Web Manager (AMI/HTTP):    No             \n"
            . "Output:   TCP Bindaddress:           127.0.0.1:5038\nOutput:   Disabled events:           VarSet, Newexten\nOutput:   Channel vars:              \n"));
        self::assertFalse($conf->isOn('Web Manager (AMI/HTTP)'));
        self::assertSame('127.0.0.1:5038', $conf->get('tcp bindaddress'));
        self::assertSame(['VarSet', 'Newexten'], $conf->list('disabled events'));
        self::assertNull($conf->get('channel vars'));
        self::assertNull($conf->isOn('nothing such'));
    }

    public function test_a_section_is_read_without_its_secret(): void
    {
        $conf = ManagerConf::ofSection(AmiResponse::fromRaw('a', "Response: Success\nCategory-000000: dialer\nLine-000000-000000: secret=hunter2\nLine-000000-000001: writetimeout=30000\n"
            . "Line-000000-000002: eventfilter=Event: Hangup\nLine-000000-000003: eventfilter=!Event: VarSet\nLine-000000-000004: eventfilter(action(exclude),name(X))=\n"));
        self::assertSame(30_000, $conf->int('writetimeout', 100));
        self::assertSame('Event: Hangup,!Event: VarSet', $conf->get('eventfilter'));
        self::assertContains('eventfilter(action(exclude),name(x))', $conf->names());
        self::assertStringNotContainsString('hunter2', print_r($conf, true));
    }

    public function test_the_rights_of_actions_and_events_are_known(): void
    {
        self::assertSame('dialplan', Catalog::classOf('varset'));
        self::assertNull(Catalog::classOf('MyOwn'));
        self::assertSame(['originate'], Catalog::permissionsFor('ORIGINATE'));
        self::assertSame([], Catalog::permissionsFor('Ping'));
        self::assertNull(Catalog::permissionsFor('MyOwn'));
    }
}
